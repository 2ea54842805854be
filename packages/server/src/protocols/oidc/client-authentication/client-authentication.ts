import type { FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { type ClientAuthenticator, unknownClient } from './client-authenticator.ts'
import { ClientCertificateAuthenticator } from './client-certificate.ts'
import { assertionType, type ClientCredentials, clientCredentialsOf } from './client-credentials.ts'
import { ClientSecretAuthenticator } from './client-secret.ts'
import { ClientSecretJwtAuthenticator } from './client-secret-jwt.ts'
import { enabledAuthenticators } from './enabled-authenticators.ts'
import {
  type FederatedClient,
  FederatedJwtAuthenticator,
  type FederatedJwtDeps,
  federatedAuthenticator,
} from './federated-jwt.ts'
import { PrivateKeyJwtAuthenticator } from './private-key-jwt.ts'

/** The way of clients that do not say another. */
const secretAuthenticator = 'client-secret'

export interface AuthenticatedClient {
  readonly client: Client
  /** For events: Keycloak's `client_auth_method`. */
  readonly method: string
}

export type ClientAuthenticationDeps = Pick<
  OidcDeps,
  'clients' | 'clientKeys' | 'singleUse' | 'clock' | 'clientCertificates' | 'patterns'
>

/** What `ClientAuthentication` needs beside. */
type FederationDeps = ClientAuthenticationDeps &
  FederatedJwtDeps & {
    readonly log: Pick<Logger, 'warn'>
    readonly features: ReadonlySet<string>
  }

/** Every way in which a client may prove who it is, by Keycloak's provider id. */
export function clientAuthenticatorsOf(
  deps: ClientAuthenticationDeps,
): ReadonlyMap<string, ClientAuthenticator> {
  const all = [
    new ClientSecretAuthenticator(deps.clock),
    new PrivateKeyJwtAuthenticator(deps),
    new ClientSecretJwtAuthenticator(deps),
    new ClientCertificateAuthenticator(deps, deps.clientCertificates.canBeShown),
  ]
  return new Map(all.map((authenticator) => [authenticator.id, authenticator]))
}

/** Finds out which client sends a request, by the way that the client is set up for. */
export class ClientAuthentication {
  readonly #deps: FederationDeps
  /** Clients of which the log has a line: whoever knows a client's name may ask again and again. */
  readonly #told = new WeakSet<Client>()
  readonly #authenticators: ReadonlyMap<string, ClientAuthenticator>
  /** Null where the feature is off. */
  readonly #federated: FederatedJwtAuthenticator | null

  constructor(deps: FederationDeps) {
    this.#deps = deps
    this.#authenticators = clientAuthenticatorsOf(deps)
    this.#federated = deps.features.has('CLIENT_AUTH_FEDERATED')
      ? new FederatedJwtAuthenticator(deps)
      : null
  }

  /** Names for `token_endpoint_auth_methods_supported`. */
  get methods(): string[] {
    return [...this.#authenticators.values()].flatMap(({ methods }) => methods)
  }

  /** Names for `token_endpoint_auth_signing_alg_values_supported`. */
  get signatureAlgorithms(): string[] {
    return [...this.#authenticators.values()].flatMap((each) => each.signatureAlgorithms ?? [])
  }

  /**
   * @throws OAuthError 401 or 400 as Keycloak; nothing tells whether a client exists
   */
  async authenticate(
    request: FastifyRequest,
    form: URLSearchParams,
    realm: Realm,
    places: ServerPlaces,
  ): Promise<AuthenticatedClient> {
    const shown = this.#deps.clientCertificates.of(request)
    const credentials = clientCredentialsOf(request, form, realm, places, shown)
    const federated = await this.#federated?.clientOf(credentials)
    if (federated && [null, federated.client.clientId].includes(form.get('client_id'))) {
      return await this.#byFederation(realm, federated, credentials)
    }
    if (credentials.clientId === null) throw unknownClient()
    const client = await this.#deps.clients.byClientId(realm.id, credentials.clientId)
    if (!client) throw unknownClient()
    if (!client.enabled) throw unknownClient('client_disabled')
    const method = client.representation.clientAuthenticatorType || secretAuthenticator
    // Keycloak's step for secrets is the one that lets public clients in.
    const step = client.representation.publicClient ? secretAuthenticator : method
    if (!enabledAuthenticators(realm).has(step)) throw unknownClient('invalid_client_credentials')
    if (client.representation.publicClient) return { client, method }
    const authenticator = this.#authenticators.get(method)
    if (!authenticator) {
      this.#tell(realm, client, method)
      throw unknownClient('invalid_client_credentials')
    }
    // An assertion of a kind that nobody knows proves nothing, whatever the client is set up for.
    if (credentials.assertionType !== null && credentials.assertionType !== assertionType) {
      throw unknownClient('invalid_client_credentials')
    }
    // Named by an assertion alone, a client that has a secret has shown nothing.
    if (
      method === secretAuthenticator &&
      credentials.assertion !== null &&
      !credentials.secrets.length
    ) {
      throw unknownClient('invalid_client_credentials')
    }
    await authenticator.authenticate(client, credentials)
    return { client, method }
  }

  async #byFederation(
    realm: Realm,
    federated: FederatedClient,
    credentials: ClientCredentials,
  ): Promise<AuthenticatedClient> {
    const { client } = federated
    if (!client.enabled) throw unknownClient('client_disabled')
    if (
      client.representation.publicClient ||
      !enabledAuthenticators(realm).has(federatedAuthenticator)
    ) {
      throw unknownClient('invalid_client_credentials')
    }
    await this.#federated?.authenticate(federated, credentials)
    return { client, method: federatedAuthenticator }
  }

  #tell(realm: Realm, client: Client, method: string): void {
    if (this.#told.has(client)) return
    this.#told.add(client)
    this.#deps.log.warn(
      `Realm ${realm.name}: client ${client.clientId} cannot authenticate: "${method}" is configuration only`,
    )
  }

  /** As `authenticate`, for endpoints that bearer-only clients may not use. */
  async authenticateActive(
    request: FastifyRequest,
    form: URLSearchParams,
    realm: Realm,
    places: ServerPlaces,
  ): Promise<AuthenticatedClient> {
    const authenticated = await this.authenticate(request, form, realm, places)
    if (authenticated.client.representation.bearerOnly) {
      throw new OAuthError(400, 'invalid_client', 'Bearer-only not allowed')
    }
    return authenticated
  }
}
