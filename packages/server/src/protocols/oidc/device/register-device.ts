import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RowAllowance } from '../../../domains/flows/login-state/row-allowance.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { browserRequestOf, sendBrowserAnswer } from '../../../http/browser-request.ts'
import { queryOf } from '../../../http/query.ts'
import type { LoginStart } from '../../../login/login-start.ts'
import { placesOf } from '../../../login/request-places.ts'
import { renderDeviceCode } from '../../../pages/login/render-device-code.ts'
import { renderInfo } from '../../../pages/login/render-info.ts'
import { networkOfAddress } from '../../../shared/network-of-address.ts'
import type { ClientAuthentication } from '../client-authentication/client-authentication.ts'
import { type EnforcementDeps, enforcePolicies } from '../client-policies/enforce-policies.ts'
import { readableRefusal, registerPreflight, requireClientOrigin } from '../cross-origin.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { formOf, realmOf, refuseDuplicates, requireUsableRealm } from '../realm-request.ts'
import { sendPage } from '../send-page.ts'
import { allowsDevices } from './device-client.ts'
import { deviceLoginRequest } from './device-login-protocol.ts'
import type { DeviceRequests } from './device-requests.ts'

export interface DeviceDeps
  extends EnforcementDeps,
    Pick<OidcDeps, 'realms' | 'clients' | 'urls' | 'events' | 'pages' | 'clock'> {
  readonly clientAuthentication: ClientAuthentication
  readonly deviceRequests: DeviceRequests
  readonly login: LoginStart
}

/** Below `…/realms/{realm}/`. */
export const deviceAuthorizationPath = 'protocol/openid-connect/auth/device'
/** Codes that one network may try within a minute: there are 25 billion (RFC 8628 §5.1). */
const attemptsPerMinuteMax = 20
/** Devices that one network may begin within a minute: each is two rows. */
const requestsPerMinuteMax = 120
const scopeCharactersMax = 2_000
const keptParameters = ['nonce', 'code_challenge', 'code_challenge_method']
const parameterCharactersMax = 1_000

/** The device's endpoint (RFC 8628 §3.1) and the pages on which its user signs in (§3.3). */
export function registerDevice(app: FastifyInstance, deps: DeviceDeps): void {
  const requests = new RowAllowance(deps.clock, requestsPerMinuteMax)
  const attempts = new RowAllowance(deps.clock, attemptsPerMinuteMax)
  const path = `/realms/:realm/${deviceAuthorizationPath}`
  app.post(path, async (request, reply) => {
    if (!requests.take(networkOfAddress(deps.urls.clientAddress(request)))) {
      throw new OAuthError(429, 'invalid_request', 'Too many requests')
    }
    return await begin(deps, request, reply)
  })
  registerPreflight(app, path, 'POST, OPTIONS')
  app.get(path, async (request, reply) => await codePage(deps, request, reply, false))
  app.get('/realms/:realm/device', async (request, reply) => {
    const code = queryOf(request).get('user_code')
    return code === null
      ? await codePage(deps, request, reply, false)
      : await verify(deps, attempts, request, reply, code)
  })
  app.post('/realms/:realm/device', async (request, reply) => {
    const code = formOf(request).get('device_user_code') ?? ''
    return await verify(deps, attempts, request, reply, code)
  })
  app.get('/realms/:realm/device/status', async (request, reply) => {
    return await statusPage(deps, request, reply, queryOf(request).get('error'))
  })
}

async function begin(deps: DeviceDeps, request: FastifyRequest, reply: FastifyReply) {
  const realm = await realmOf(deps, request)
  requireUsableRealm(deps, request, realm)
  const form = formOf(request)
  const places = placesOf(deps, request, realm)
  const { client } = await readableRefusal(request, reply, () =>
    deps.clientAuthentication.authenticateActive(request, form, realm, places),
  )
  requireClientOrigin(request, reply, client, places)
  const policed = { realm, client, places, request, form }
  const asked = { scope: form.get('scope') ?? '' }
  await enforcePolicies(deps, 'DEVICE_AUTHORIZATION_REQUEST', policed, asked)
  if (!allowsDevices(client)) {
    throw new OAuthError(
      400,
      'unauthorized_client',
      'Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client.',
    )
  }
  refuseDuplicates(form)
  const scope = form.get('scope') ?? ''
  if (scope.length > scopeCharactersMax) throw new OAuthError(400, 'invalid_request')
  const parameters: Record<string, string> = {}
  for (const name of keptParameters) {
    const value = form.get(name)
    if (value !== null && value.length <= parameterCharactersMax) parameters[name] = value
  }
  const codes = await deps.deviceRequests.create(realm, client, scope, parameters)
  const page = `${issuerOf(places, realm)}/device`
  reply.header('cache-control', 'no-store, must-revalidate, max-age=0')
  deps.events.record({
    type: 'OAUTH2_DEVICE_AUTH',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    ipAddress: deps.urls.clientAddress(request),
    details: { scope },
  })
  return await reply.send({
    device_code: codes.deviceCode,
    user_code: codes.userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?${new URLSearchParams({ user_code: codes.userCode })}`,
    expires_in: codes.expiresInSeconds,
    interval: codes.intervalSeconds,
  })
}

/** Somebody has a code: the login that its device waits for begins. */
async function verify(
  deps: DeviceDeps,
  attempts: RowAllowance,
  request: FastifyRequest,
  reply: FastifyReply,
  typed: string,
) {
  const realm = await realmOf(deps, request)
  requireUsableRealm(deps, request, realm)
  const allowed = attempts.take(networkOfAddress(deps.urls.clientAddress(request)))
  const id = allowed ? await deps.deviceRequests.waitingFor(realm, typed) : null
  const waiting = id === null ? null : await deps.deviceRequests.read(id)
  const client = waiting && (await deps.clients.byId(realm.id, waiting.clientUuid))
  if (id === null || !waiting || !client?.enabled || !allowsDevices(client)) {
    return await codePage(deps, request, reply, true)
  }
  const browser = browserRequestOf(request, deps.urls, realm.settings.attributes['frontendUrl'])
  const asked = deviceLoginRequest(id, waiting)
  // The form of this page is none of a step of the login that begins.
  const empty = { ...browser, form: new URLSearchParams() }
  return sendBrowserAnswer(reply, await deps.login.begin(realm, empty, client, asked))
}

async function codePage(
  deps: DeviceDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  wrong: boolean,
) {
  const realm = await realmOf(deps, request)
  requireUsableRealm(deps, request, realm)
  const action = `${new URL(issuerOf(placesOf(deps, request, realm), realm)).pathname}/device`
  return sendPage(deps, request, reply, realm, (context) =>
    renderDeviceCode(context, { action, wrong }),
  )
}

async function statusPage(
  deps: DeviceDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  error: string | null,
) {
  const realm = await realmOf(deps, request)
  requireUsableRealm(deps, request, realm)
  return sendPage(deps, request, reply, realm, (context) => {
    if (error !== null) {
      const key =
        error === 'expired_token' ? 'expiredCodeMessage' : 'oauth2DeviceConsentDeniedMessage'
      return renderInfo(context, {
        heading: { key: 'oauth2DeviceVerificationFailedHeader' },
        message: { key },
      })
    }
    return renderInfo(context, {
      heading: { key: 'oauth2DeviceVerificationCompleteHeader' },
      message: { key: 'oauth2DeviceVerificationCompleteMessage' },
    })
  })
}
