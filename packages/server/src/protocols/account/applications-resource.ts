import type { Client } from '../../domains/clients/client.ts'
import { resolvedRootUrl } from '../../domains/tokens/web-origins.ts'
import { HttpError } from '../../http/http-error.ts'
import type { AccountCall } from './account-call.ts'
import type { AccountDeps } from './account-deps.ts'
import type { AccountRoute } from './account-routes.ts'

type GrantedConsent = Awaited<ReturnType<AccountDeps['consents']['ofUser']>>[number]

const consentPath = '/applications/:clientId/consent'

/** What the caller uses: applications with a session or a consent, and taking consents back. */
export function applicationRoutes(deps: AccountDeps): AccountRoute[] {
  return [
    {
      method: 'GET',
      path: '/applications',
      anyOf: ['manage-account', 'view-applications'],
      handle: async (call) => await applications(deps, call),
    },
    {
      method: 'GET',
      path: consentPath,
      anyOf: ['manage-account', 'view-consent', 'manage-consent'],
      handle: async (call) => {
        const client = await clientOf(deps, call)
        const consents = await deps.consents.ofUser(call.realm, call.user.id)
        const consent = consents.find(({ clientUuid }) => clientUuid === client.id)
        return consent && consentOf(call, consent)
      },
    },
    {
      method: 'DELETE',
      path: consentPath,
      anyOf: ['manage-account', 'manage-consent'],
      handle: async (call) => await revoke(deps, call),
    },
  ]
}

async function clientOf(deps: AccountDeps, { realm, params }: AccountCall): Promise<Client> {
  const { clientId = '' } = params
  const client = await deps.clients.byClientId(realm.id, clientId)
  if (client) return client
  throw new HttpError(404, { errorMessage: `No client with clientId: ${clientId} found.` })
}

async function applications(deps: AccountDeps, call: AccountCall) {
  const { realm, user, query } = call
  const [online, offline, consents] = await Promise.all([
    deps.sessions.list(realm, { offline: false, userId: user.id }),
    deps.sessions.list(realm, { offline: true, userId: user.id }),
    deps.consents.ofUser(realm, user.id),
  ])
  const inUse = new Set(online.flatMap(({ clientUuids }) => clientUuids))
  const withOffline = new Set(offline.flatMap(({ clientUuids }) => clientUuids))
  const granted = new Map(consents.map((consent) => [consent.clientUuid, consent]))
  const uuids = [...new Set([...inUse, ...withOffline, ...granted.keys()])]
  const clients = await deps.clients.byIds(realm.id, uuids)
  const name = query['name']?.toLowerCase() ?? ''
  return clients
    .filter(({ representation }) => representation.bearerOnly !== true)
    .filter(({ representation }) => (representation.name ?? '').toLowerCase().includes(name))
    .map((client) => {
      const consent = granted.get(client.id)
      return {
        ...applicationOf(call, client),
        inUse: inUse.has(client.id),
        offlineAccess: withOffline.has(client.id),
        ...(consent ? { consent: consentOf(call, consent) } : {}),
      }
    })
}

function applicationOf({ places }: AccountCall, client: Client) {
  const { clientId, representation } = client
  const { name, description, consentRequired, rootUrl, baseUrl, attributes = {} } = representation
  const root = resolvedRootUrl(client, places)
  const effectiveUrl = baseUrl?.startsWith('/') ? root + baseUrl : baseUrl || root
  return withoutEmpty({
    clientId,
    clientName: name ?? '',
    description,
    userConsentRequired: consentRequired === true,
    rootUrl: rootUrl === undefined ? undefined : root,
    baseUrl,
    effectiveUrl,
    logoUri: attributes['logoUri'],
    policyUri: attributes['policyUri'],
    tosUri: attributes['tosUri'],
  })
}

function withoutEmpty(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([name, value]) => value !== undefined && (value !== '' || name === 'clientName'),
    ),
  )
}

function consentOf({ realm }: AccountCall, { scopes, createdAt, updatedAt }: GrantedConsent) {
  const byName = new Map(realm.clientScopes.map((scope) => [scope.name, scope]))
  return {
    grantedScopes: scopes.map((name) => {
      const scope = byName.get(name)
      const displayText = scope?.attributes['consent.screen.text'] || name
      return { ...(scope ? { id: scope.id } : {}), name, displayText }
    }),
    createdDate: createdAt,
    lastUpdatedDate: updatedAt,
  }
}

async function revoke(deps: AccountDeps, call: AccountCall): Promise<undefined> {
  const { realm, user, client: caller, request, reply, places } = call
  const client = await clientOf(deps, call)
  const consents = await deps.consents.ofUser(realm, user.id)
  const had = consents.some(({ clientUuid }) => clientUuid === client.id)
  if (had) {
    const left = await deps.consents.revoke(realm, user.id, client.id)
    const online = left.filter(({ session }) => !session.offline)
    await Promise.all(online.map((one) => deps.clientLogouts.tell(realm, places, one)))
  }
  deps.events.record({
    type: 'REVOKE_GRANT',
    realmId: realm.id,
    realmName: realm.name,
    clientId: caller.clientId,
    userId: user.id,
    ipAddress: deps.urls.clientAddress(request),
    details: { revoked_client: client.clientId },
  })
  await reply.code(204).send()
  return undefined
}
