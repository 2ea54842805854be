import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { SignJWT } from 'jose'
import type { Client } from '../../domains/clients/client.ts'
import type { Clients } from '../../domains/clients/clients.ts'
import type { Events } from '../../domains/events/events.ts'
import type { DirectGrant } from '../../domains/flows/direct-grant.ts'
import {
  basicChallenge,
  basicCredentials,
} from '../../domains/flows/steps/http-basic/basic-credentials.ts'
import type { Keys } from '../../domains/keys/keys.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import type { Realms } from '../../domains/realms/realms.ts'
import { issuerOf } from '../../domains/tokens/tokens.ts'
import { HttpError } from '../../http/http-error.ts'
import { queryOf } from '../../http/query.ts'
import type { ServerUrls } from '../../http/server-urls.ts'
import { realmRefusal } from '../../login/realm-refusal.ts'
import { placesOf } from '../../login/request-places.ts'
import { type Clock, epochSeconds } from '../../shared/clock.ts'
import { randomBase64Url } from '../../shared/random.ts'
import { type DockerAccess, dockerAccess } from './docker-access.ts'
import { dockerKeyId } from './docker-key-id.ts'

export interface DockerDeps {
  readonly realms: Pick<Realms, 'byName'>
  readonly clients: Pick<Clients, 'byClientId'>
  readonly directGrant: Pick<DirectGrant, 'authenticate'>
  readonly keys: Pick<Keys, 'signingKey'>
  readonly events: Pick<Events, 'record'>
  readonly urls: ServerUrls
  readonly clock: Clock
}

const path = '/realms/:realm/protocol/docker-v2/auth'
/** Permits a Docker client whatever it asks for. */
export const allowAllMapper = 'docker-v2-allow-all-mapper'
const tokenIdBytes = 24
const refused = (status: number, error: string, description: string) =>
  new HttpError(status, { error, error_description: description })

/** Tokens for a Docker registry (protocol `docker-v2`, Docker Registry v2 token authentication). */
export function registerDocker(app: FastifyInstance, deps: DockerDeps): void {
  app.get(path, async (request, reply) => await answer(deps, request, reply))
}

async function answer(deps: DockerDeps, request: FastifyRequest, reply: FastifyReply) {
  const query = queryOf(request)
  const realm = await usableRealm(deps, request)
  const client = await registryOf(deps, realm, query.get('service'))
  const access = dockerAccess(query.getAll('scope'))
  reply.header('cache-control', 'no-store, must-revalidate, max-age=0')
  const given = basicCredentials(request.headers.authorization)
  if (given === null) {
    reply.header('www-authenticate', basicChallenge(realm.name))
    return await reply.code(401).send()
  }
  const ipAddress = deps.urls.clientAddress(request)
  const serverUrl = placesOf(deps, request, realm).frontend
  const from = { ipAddress, serverUrl, certificate: () => undefined }
  const form = new URLSearchParams({ ...given })
  const outcome = await deps.directGrant.authenticate(realm, client, form, from, 'docker')
  const event = {
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    ipAddress,
    details: { auth_method: 'docker-v2', username: given.username.slice(0, 255) },
  }
  if (outcome.outcome === 'refused') {
    const userId = outcome.userId ?? undefined
    deps.events.record({ ...event, type: 'LOGIN_ERROR', userId, error: outcome.eventError })
    throw new HttpError(401, {
      errors: [{ code: 'UNAUTHORIZED', message: 'Invalid username or password.', detail: access }],
    })
  }
  const { user } = outcome
  deps.events.record({ ...event, type: 'LOGIN', userId: user.id })
  const token = {
    realm,
    client,
    username: user.username,
    issuer: issuerOf({ frontend: serverUrl }, realm),
  }
  return await reply.type('application/json').send(await dockerToken(deps, token, access))
}

async function usableRealm(deps: DockerDeps, request: FastifyRequest): Promise<Realm> {
  const { realm: name = '' } = request.params as { realm?: string }
  const realm = await deps.realms.byName(name)
  if (!realm) throw new HttpError(404, { error: 'Realm does not exist' })
  const secure = deps.urls.isSecure(request)
  const refusal = realmRefusal(realm, { secure, ipAddress: deps.urls.clientAddress(request) })
  if (refusal === 'https-required') throw refused(403, 'invalid_request', 'HTTPS required')
  if (refusal !== null) throw refused(403, 'access_denied', 'Realm not enabled')
  return realm
}

/** The registry that asks for a token is a client of protocol `docker-v2`. */
async function registryOf(deps: DockerDeps, realm: Realm, service: string | null): Promise<Client> {
  if (service === null) throw refused(400, 'invalid_request', 'service parameter must be provided')
  const client = await deps.clients.byClientId(realm.id, service)
  if (client?.representation.protocol !== 'docker-v2') {
    throw refused(400, 'invalid_client', "Client specified by 'service' parameter does not exist")
  }
  if (client.enabled) return client
  throw refused(400, 'invalid_client', "Client specified by 'service' is disabled")
}

/** Registries look the key up by an id in a form of their own. The token permits nothing but what a mapper adds to it. */
async function dockerToken(
  { keys, clock }: DockerDeps,
  token: {
    readonly realm: Realm
    readonly client: Client
    readonly username: string
    readonly issuer: string
  },
  access: readonly DockerAccess[],
) {
  const { realm, client, username, issuer } = token
  const { protocolMappers = [] } = client.representation
  const allowed = protocolMappers.some(({ protocolMapper }) => protocolMapper === allowAllMapper)
  const key = await keys.signingKey(realm, 'RS256')
  // Only a secret key has no public one.
  const kid = key.publicKey === null ? '' : dockerKeyId(key.publicKey)
  const now = epochSeconds(clock)
  const lifespan = realm.settings.accessTokenLifespan
  const claims = {
    jti: randomBase64Url(tokenIdBytes),
    exp: now + lifespan,
    nbf: now,
    iat: now,
    iss: issuer,
    aud: client.clientId,
    sub: username,
    typ: 'Bearer',
    azp: client.clientId,
    access: allowed ? access : [],
  }
  const signed = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
    .sign(key.privateKey)
  const issuedAt = new Date(now * 1_000).toISOString().replace(/\.\d+Z$/, 'Z')
  return { token: signed, expires_in: lifespan, issued_at: issuedAt }
}
