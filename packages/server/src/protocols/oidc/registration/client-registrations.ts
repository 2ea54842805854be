import { isReservedClientId } from '../../../domains/administration/administration.ts'
import type { ClientLifecycle } from '../../../domains/client-lifecycle/client-lifecycle.ts'
import type { Client, ClientRepresentation } from '../../../domains/clients/client.ts'
import {
  clientMetadata,
  clientOf,
  MetadataProblem,
  metadataOf,
} from '../../../domains/clients/client-metadata.ts'
import { type GivenClient, readClient } from '../../../domains/clients/client-reader.ts'
import { clientShape } from '../../../domains/clients/client-schema.ts'
import { sectorProblem } from '../../../domains/clients/sector-identifier.ts'
import type { ClientUpdater } from '../../../domains/policy-enforcement/policy-occasion.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { RegistrationAuth } from '../../../domains/tokens/registration-tokens.ts'
import type { ClientId } from '../../../domains/typed-ids.ts'
import { epochSeconds } from '../../../shared/clock.ts'
import { newUuid } from '../../../shared/random.ts'
import type { ClientAuthentication } from '../client-authentication/client-authentication.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import {
  insufficientScope,
  invalidToken,
  type RegistrationCaller,
  type RegistrationCallerDeps,
} from './registration-caller.ts'
import { applyPolicies, registrationOrigins } from './registration-policies.ts'

/** One request. */
export interface RegistrationCallFacts {
  readonly realm: Realm
  readonly issuer: string
  readonly caller: RegistrationCaller
  readonly ipAddress: string
  readonly body: unknown
  /** Whether it speaks OpenID Connect's metadata, rather than Keycloak's representation. */
  readonly openid: boolean
}

type Answer = Readonly<Record<string, unknown>>

/** What somebody wants to register. */
interface Asked {
  readonly given: GivenClient
  /** Scopes in their own words; absent where none are named, or where the client names them itself. */
  readonly scopes?: readonly string[]
}

const notForView = 'Not authorized to view client. Not valid token or client credentials provided.'
const notForUpdate = 'Not authorized to update client. Maybe missing token or bad token type.'

export interface RegistrationDeps
  extends RegistrationCallerDeps,
    Pick<OidcDeps, 'realms' | 'clients' | 'urls' | 'events' | 'clock' | 'clientChanges'> {
  readonly clientLifecycle: Pick<ClientLifecycle, 'create' | 'update' | 'remove'>
  readonly fetchText: (url: string) => Promise<string>
  readonly clientAuthentication: Pick<ClientAuthentication, 'authenticate'>
}

/** What a client has beside the scopes that it names, where it does not say by default. */
const unnamedScope = 'basic'

/** @returns web origins whose pages may ask as this caller */
export function originsOf(realm: Realm, caller: RegistrationCaller): readonly string[] {
  const auth = caller.kind === 'registration' ? caller.auth : 'authenticated'
  if (caller.kind === 'anonymous') return registrationOrigins(realm, 'anonymous')
  return [...caller.origins, ...registrationOrigins(realm, auth)]
}

/** Registers, shows, changes and removes clients for who is no administrator. */
export class ClientRegistrations {
  readonly #deps: RegistrationDeps

  constructor(deps: RegistrationDeps) {
    this.#deps = deps
  }

  async create(call: RegistrationCallFacts): Promise<{ location: string; body: Answer }> {
    const { realm, caller, issuer } = call
    const auth = this.#mayCreate(caller)
    const { given: asked, scopes } = this.#given(call)
    const beside = asked.members.optionalClientScopes ? { defaultClientScopes: [unnamedScope] } : {}
    const members = { directAccessGrantsEnabled: false, ...beside, ...asked.members }
    const given = { ...asked, members }
    if (isReservedClientId(realm, given.clientId ?? '')) throw insufficientScope('Forbidden')
    if (call.openid && given.clientId !== undefined) {
      throw new MetadataProblem('invalid_client_metadata', 'Client Identifier included')
    }
    await this.#checkSector(given.members)
    if (await this.#judge(call, auth, { given, scopes }, null)) given.enabled = false
    if (caller.kind === 'initial') {
      const problem = await this.#deps.registrationTokens.takeInitialAccess(realm, caller.id)
      if (problem !== null) throw invalidToken(problem)
    }
    let client: Client
    try {
      const configured = await this.#deps.clientChanges.registering(realm, given, updaterOf(call))
      client = await this.#deps.clientLifecycle.create(realm, configured)
      await this.#deps.clientChanges.saved(realm, client, updaterOf(call), 'REGISTERED')
    } catch (error) {
      if (caller.kind === 'initial') {
        await this.#deps.registrationTokens.giveBackInitialAccess(realm, caller.id)
      }
      throw error
    }
    const token = await this.#deps.registrationTokens.issueFor(realm, issuer, client.id, {
      auth,
      origins: originsOf(realm, caller),
    })
    this.#tell(call, 'CLIENT_REGISTER', client)
    const body = this.#answer(call, client, token)
    const issued = call.openid ? { client_id_issued_at: epochSeconds(this.#deps.clock) } : {}
    return { location: this.#address(call, client), body: { ...body, ...issued } }
  }

  async read(call: RegistrationCallFacts, clientId: ClientId): Promise<Answer> {
    const client = await this.#known(call, clientId, ['view-clients', 'manage-clients'], notForView)
    const { caller, realm, issuer } = call
    const { registrationTokens, clientChanges } = this.#deps
    await clientChanges.touching(realm, client, updaterOf(call), 'VIEW')
    const token =
      caller.kind === 'registration'
        ? await registrationTokens.sign(realm, issuer, caller.id, caller)
        : undefined
    this.#tell(call, 'CLIENT_INFO', client)
    return this.#answer(call, client, token)
  }

  async update(call: RegistrationCallFacts, clientId: ClientId): Promise<Answer> {
    const present = await this.#known(call, clientId, ['manage-clients'], notForUpdate)
    const { realm, caller, issuer } = call
    const { given, scopes } = this.#given(call)
    if (given.clientId !== undefined && given.clientId !== present.clientId) {
      throw new MetadataProblem('invalid_client_metadata', 'Client Identifier modified')
    }
    await this.#checkSector(given.members)
    const auth = caller.kind === 'registration' ? caller.auth : 'authenticated'
    await this.#judge(call, auth, { given, scopes }, present)
    const { clients, clientLifecycle, registrationTokens, clientChanges } = this.#deps
    const updater = updaterOf(call)
    const changed = await clientChanges.updating(realm, present, given, updater)
    const keepsToken = changed.effects.keepsRegistrationToken === true
    let token: string | null | undefined
    if (caller.kind === 'registration' && keepsToken) {
      token = await registrationTokens.sign(realm, issuer, caller.id, caller)
    } else if (caller.kind === 'registration') {
      // RFC 7592 §3: the old token ends with the use of it; of many at once one counts.
      token = await registrationTokens.rotate(realm, issuer, present.id, caller)
      if (token === null) throw invalidToken(notForUpdate)
    }
    const { clientId: known } = present
    await clientLifecycle.update(realm, present.id, { ...changed.given, clientId: known })
    const saved = (await clients.byId(realm.id, present.id)) ?? present
    await clientChanges.saved(realm, saved, updater, 'UPDATED')
    const client = (await clients.byId(realm.id, present.id)) ?? present
    this.#tell(call, 'CLIENT_UPDATE', client)
    return this.#answer(call, client, token ?? undefined)
  }

  async remove(call: RegistrationCallFacts, clientId: ClientId): Promise<void> {
    const client = await this.#known(call, clientId, ['manage-clients'], notForUpdate)
    await this.#deps.clientChanges.touching(call.realm, client, updaterOf(call), 'UNREGISTER')
    await this.#deps.clientLifecycle.remove(call.realm, client)
    this.#tell(call, 'CLIENT_DELETE', client)
  }

  #mayCreate(caller: RegistrationCaller): RegistrationAuth {
    if (caller.kind === 'anonymous') return 'anonymous'
    if (caller.kind === 'initial') return 'authenticated'
    if (caller.kind === 'registration')
      throw invalidToken('Not authorized to create client. Maybe missing token or bad token type.')
    const may = caller.roles.has('create-client') || caller.roles.has('manage-clients')
    if (!may) throw insufficientScope('Forbidden')
    return 'authenticated'
  }

  /** The client of the path, for who may have it. Nobody else learns whether it exists. */
  async #known(
    { realm, caller }: RegistrationCallFacts,
    clientId: ClientId,
    anyOf: readonly string[],
    refusal: string,
  ): Promise<Client> {
    const { clients, registrationTokens } = this.#deps
    if (caller.kind === 'bearer' && !anyOf.some((role) => caller.roles.has(role))) {
      throw insufficientScope('Forbidden')
    }
    if (caller.kind === 'anonymous' || caller.kind === 'initial') throw invalidToken(refusal)
    const client = await clients.byClientId(realm.id, clientId)
    if (client === null) throw invalidToken(refusal)
    if (caller.kind === 'registration') {
      // One that is switched off cannot change that, be it by a policy of registration or by an administrator.
      const isIts = client.enabled && (await registrationTokens.belongsTo(client.id, caller.id))
      if (!isIts) throw invalidToken(refusal)
    } else if (client.id === realm.adminClients.own) throw insufficientScope('Forbidden')
    return client
  }

  #given({ body, openid }: RegistrationCallFacts): Asked {
    if (body === null || typeof body !== 'object' || Array.isArray(body)) {
      throw new MetadataProblem('invalid_request', 'Cannot parse the JSON')
    }
    if (!openid) {
      const read = clientShape.schema.safeParse(body)
      if (!read.success)
        throw new MetadataProblem('invalid_client_metadata', 'Client metadata invalid')
      return { given: readClient(read.data, newUuid) }
    }
    const read = clientMetadata.safeParse(body)
    if (!read.success) {
      const path = read.error.issues[0]?.path.join('.') ?? ''
      throw new MetadataProblem(
        path.startsWith('redirect_uris') ? 'invalid_redirect_uri' : 'invalid_client_metadata',
        `Client metadata invalid: ${path}`,
      )
    }
    const { client_id: clientId } = read.data
    const members = clientOf(read.data)
    return {
      given: { ...(clientId === undefined ? {} : { clientId }), members },
      ...(read.data.scope === undefined ? {} : { scopes: read.data.scope.split(' ') }),
    }
  }

  async #checkSector(client: ClientRepresentation): Promise<void> {
    const problem = await sectorProblem(client, this.#deps.fetchText)
    if (problem !== null) throw new MetadataProblem('invalid_client_metadata', problem)
  }

  /** @returns whether the client is to begin disabled */
  async #judge(
    { realm, ipAddress, openid }: RegistrationCallFacts,
    auth: RegistrationAuth,
    { given, scopes }: { given: GivenClient; scopes: readonly string[] | undefined },
    present: Client | null,
  ): Promise<boolean> {
    const { defaultClientScopes, optionalClientScopes, protocolMappers = [] } = given.members
    const optional = scopes ?? optionalClientScopes
    const named = [...(defaultClientScopes ?? []), ...(optional ?? [])]
    let disabled = false
    await applyPolicies(auth, {
      realm,
      client: given.members,
      present: present?.representation ?? null,
      scopes: defaultClientScopes || optional ? named : null,
      mappers: openid ? [] : protocolMappers,
      ipAddress,
      countClients: async (max) =>
        (await this.#deps.clients.list({ realmId: realm.id, first: 0, max })).length,
      disable: () => {
        disabled = true
      },
    })
    return disabled
  }

  #answer(call: RegistrationCallFacts, client: Client, token: string | undefined): Answer {
    if (!call.openid) {
      const { id, clientId, enabled, representation } = client
      const shown = { id, clientId, ...representation, enabled }
      return token === undefined ? shown : { ...shown, registrationAccessToken: token }
    }
    return {
      ...metadataOf(client),
      registration_client_uri: this.#address(call, client),
      ...(token === undefined ? {} : { registration_access_token: token }),
    }
  }

  #address({ issuer, openid }: RegistrationCallFacts, { clientId }: Client): string {
    const provider = openid ? 'openid-connect' : 'default'
    return `${issuer}/clients-registrations/${provider}/${encodeURIComponent(clientId)}`
  }

  #tell({ realm, ipAddress }: RegistrationCallFacts, type: string, client: Client): void {
    this.#deps.events.record({
      type,
      realmId: realm.id,
      realmName: realm.name,
      clientId: client.clientId,
      ipAddress,
      details: {},
    })
  }
}

/** Who asks, as client policies look at it. */
function updaterOf({ caller, ipAddress }: RegistrationCallFacts): ClientUpdater {
  const by = {
    anonymous: 'ByAnonymous',
    initial: 'ByInitialAccessToken',
    registration: 'ByRegistrationAccessToken',
    bearer: 'ByAuthenticatedUser',
  } as const
  return { by: by[caller.kind], user: caller.kind === 'bearer' ? caller.user : null, ipAddress }
}
