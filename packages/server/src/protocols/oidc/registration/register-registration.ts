import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { adapterConfiguration } from '../../../domains/clients/adapter-configuration.ts'
import { MetadataProblem } from '../../../domains/clients/client-metadata.ts'
import { ClientPolicyRefusal } from '../../../domains/policy-enforcement/client-policy-refusal.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { ClientId } from '../../../domains/typed-ids.ts'
import { HttpError } from '../../../http/http-error.ts'
import { placesOf } from '../../../login/request-places.ts'
import { registerPreflight, requireOneOfOrigins } from '../cross-origin.ts'
import { OAuthError } from '../oauth-error.ts'
import { forbidStoring, realmOf, requireUsableRealm } from '../realm-request.ts'
import { ClientRegistrations, originsOf, type RegistrationDeps } from './client-registrations.ts'
import { invalidToken, registrationCaller } from './registration-caller.ts'
import { PolicyRefusal } from './registration-policies.ts'

/** Below `…/realms/{realm}/`. */
export const registrationPath = 'clients-registrations/openid-connect'

const root = '/realms/:realm/clients-registrations/:provider'
const providers = ['openid-connect', 'default']
/** Of Keycloak's providers the one that tells an application how it is configured. */
const installPath = '/realms/:realm/clients-registrations/install/:clientId'

/** Dynamic client registration (RFC 7591) and its management (RFC 7592), and Keycloak's own form of both. */
export function registerRegistration(app: FastifyInstance, deps: RegistrationDeps): void {
  const registrations = new ClientRegistrations(deps)
  const serve =
    (answer: (call: RegistrationCall, clientId: ClientId) => Promise<unknown>) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const realm = await realmOf(deps, request)
      requireUsableRealm(deps, request, realm)
      forbidStoring(reply)
      requireJson(request)
      const { provider = '', clientId = '' } = request.params as Record<string, string>
      if (!providers.includes(provider)) {
        throw new HttpError(404, { error: 'Client registration provider not found' })
      }
      const caller = await registrationCaller(deps, realm, request)
      const places = placesOf(deps, request, realm)
      requireOneOfOrigins(request, reply, originsOf(realm, caller), places)
      const issuer = issuerOf(places, realm)
      const ipAddress = deps.urls.clientAddress(request)
      const { body } = request
      const call = { realm, issuer, caller, ipAddress, body, openid: provider !== 'default' }
      return await answered(reply, () => answer({ ...call, reply }, clientId))
    }
  registerInstallation(app, deps, registrations)
  for (const path of [root, `${root}/:clientId`]) {
    registerPreflight(app, path, 'DELETE, POST, GET, OPTIONS, PUT')
  }
  app.post(
    root,
    serve(async (call) => {
      const { location, body } = await registrations.create(call)
      return call.reply.code(201).header('location', location).send(body)
    }),
  )
  app.get(
    `${root}/:clientId`,
    serve(async (call, clientId) => call.reply.send(await registrations.read(call, clientId))),
  )
  app.put(
    `${root}/:clientId`,
    serve(async (call, clientId) => call.reply.send(await registrations.update(call, clientId))),
  )
  app.delete(
    `${root}/:clientId`,
    serve(async (call, clientId) => {
      await registrations.remove(call, clientId)
      return call.reply.code(204).send()
    }),
  )
}

/** A client that proves who it is, or may be read by who asks, gets its `keycloak.json`; that of a public one is no secret. */
function registerInstallation(
  app: FastifyInstance,
  deps: RegistrationDeps,
  registrations: ClientRegistrations,
): void {
  app.get(installPath, async (request, reply) => {
    const realm = await realmOf(deps, request)
    requireUsableRealm(deps, request, realm)
    forbidStoring(reply)
    const { clientId = '' } = request.params as Record<string, string>
    const places = placesOf(deps, request, realm)
    const client = await deps.clients.byClientId(realm.id, clientId)
    const caller = await registrationCaller(deps, realm, request)
    if (caller.kind !== 'anonymous') {
      const ipAddress = deps.urls.clientAddress(request)
      const call = { realm, issuer: issuerOf(places, realm), caller, ipAddress, body: undefined }
      await answered(reply, () => registrations.read({ ...call, openid: false }, clientId))
    } else if (!client?.enabled || !client.representation.publicClient) {
      const form = new URLSearchParams()
      const shown = await deps.clientAuthentication.authenticate(request, form, realm, places)
      if (shown.client.id !== client?.id) throw invalidToken('Not authorized to view client')
    }
    if (!client) throw invalidToken('Client not found')
    const hasRoles = (await deps.roles.ofClient(realm.id, client.id)).length > 0
    const configuration = adapterConfiguration(realm, client, `${places.frontend}/`, hasRoles)
    return await reply.type('application/json').send(configuration)
  })
}

/** @throws HttpError 415 in Keycloak's words for a body of another type */
function requireJson({ method, headers }: FastifyRequest): void {
  if (method !== 'POST' && method !== 'PUT') return
  if (/^application\/json *(?:;|$)/i.test(headers['content-type'] ?? '')) return
  const error = 'The content-type header value did not match the value in @Consumes'
  throw new HttpError(415, { error })
}

type RegistrationCall = Parameters<ClientRegistrations['create']>[0] & {
  readonly realm: Realm
  readonly reply: FastifyReply
}

/** Says what is wrong as RFC 7591 §3.2.2 has it. */
async function answered<T>(reply: FastifyReply, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    reply.removeHeader('location')
    if (error instanceof PolicyRefusal)
      throw new OAuthError(403, 'insufficient_scope', error.message)
    if (error instanceof ClientPolicyRefusal) throw new OAuthError(400, error.error, error.message)
    if (error instanceof MetadataProblem) throw new OAuthError(400, error.code, error.message)
    if (!(error instanceof ModelError)) throw error
    if (error.reason === 'duplicate') {
      throw new OAuthError(400, 'invalid_client_metadata', 'Client Identifier in use')
    }
    const redirect = /redirect/i.test(error.message)
    throw new OAuthError(
      400,
      redirect ? 'invalid_redirect_uri' : 'invalid_client_metadata',
      error.message,
    )
  }
}
