import type { Group } from '../../domains/groups/group.ts'
import type { IdentityProviderSummary } from '../../domains/identity-providers/identity-provider.ts'
import type { Organization } from '../../domains/organizations/organization.ts'
import { HttpError } from '../../http/http-error.ts'
import type { AccountCall } from './account-call.ts'
import type { AccountDeps } from './account-deps.ts'
import type { AccountRoute } from './account-routes.ts'

/** What the caller belongs to: groups, organizations, and accounts at identity providers. */
export function membershipRoutes(deps: AccountDeps): AccountRoute[] {
  return [
    {
      method: 'GET',
      path: '/groups',
      anyOf: ['view-groups'],
      handle: async ({ user }) => {
        const { groups } = await deps.users.memberships(user)
        return groups.map(groupOf)
      },
    },
    {
      method: 'GET',
      path: '/organizations',
      anyOf: ['manage-account', 'view-profile'],
      handle: async ({ realm, user }) => {
        const organizations = await deps.organizations.ofUser(realm.id, user.id)
        return organizations.map(organizationOf)
      },
    },
    {
      method: 'GET',
      path: '/linked-accounts',
      anyOf: ['manage-account', 'manage-account-links', 'view-profile'],
      handle: async (call) => await linkedAccounts(deps, call),
    },
    {
      method: 'GET',
      path: '/linked-accounts/:alias',
      anyOf: ['manage-account', 'manage-account-links'],
      handle: async () => {
        const errorMessage =
          'Legacy client-initiated account linking is disabled. Use AIA with kc_action=idp_link instead.'
        throw new HttpError(404, { errorMessage })
      },
    },
    {
      method: 'DELETE',
      path: '/linked-accounts/:alias',
      anyOf: ['manage-account', 'manage-account-links'],
      handle: async (call) => await unlink(deps, call),
    },
  ]
}

function groupOf({ id, name, path, parentId }: Group) {
  return { id, name, path, ...(parentId ? { parentId } : {}), subGroups: [] }
}

function organizationOf({ id, name, alias, description, enabled, domains }: Organization) {
  const names = domains.map((domain) => domain.name)
  return { id, name, alias, ...(description ? { description } : {}), enabled, domains: names }
}

interface Provider {
  readonly alias: string
  readonly providerId: string
  readonly displayName: string
}

const plainProviders = new Set([
  'oidc',
  'keycloak-oidc',
  'saml',
  'oauth2',
  'jwt-authorization-grant',
])

async function providersOf(deps: AccountDeps, { realm }: AccountCall): Promise<Provider[]> {
  const all = await deps.identityProviders.summaries(realm.id)
  return all
    .filter(({ enabled }) => enabled)
    .map((provider) => ({
      alias: provider.alias,
      providerId: provider.providerId,
      displayName: String(provider.members['displayName'] || socialName(provider)),
    }))
}

const socialNames: Readonly<Record<string, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  google: 'Google',
  linkedin: 'LinkedIn',
  paypal: 'PayPal',
  stackoverflow: 'StackOverflow',
}

function socialName({ providerId: id, alias }: IdentityProviderSummary): string {
  if (plainProviders.has(id)) return alias
  return socialNames[id] ?? id.charAt(0).toUpperCase() + id.slice(1)
}

async function linkedAccounts(deps: AccountDeps, call: AccountCall) {
  const links = await deps.federatedIdentities.ofUser(call.user.id)
  const byAlias = new Map(links.map((link) => [link.identityProvider, link]))
  const { linked, search = '', first = '0', max } = call.query
  const providers = await providersOf(deps, call)
  const shown = providers
    .filter(({ alias }) => linked === undefined || byAlias.has(alias) === (linked === 'true'))
    .filter(({ alias }) => alias.toLowerCase().includes(search.toLowerCase()))
    .map(({ alias, providerId, displayName }) => {
      const link = byAlias.get(alias)
      return {
        connected: link !== undefined,
        providerAlias: alias,
        providerName: providerId === 'oidc' || plainProviders.has(providerId) ? alias : providerId,
        displayName,
        ...(link?.userName ? { linkedUsername: link.userName } : {}),
        social: !plainProviders.has(providerId),
      }
    })
  const begin = Math.max(0, Number.parseInt(first, 10) || 0)
  const size = Number.parseInt(max ?? '', 10)
  return shown.slice(begin, size > 0 ? begin + size : undefined)
}

async function unlink(deps: AccountDeps, call: AccountCall): Promise<undefined> {
  const { realm, user, client, request, params } = call
  const { alias = '' } = params
  const providers = await providersOf(deps, call)
  if (!providers.some((provider) => provider.alias === alias)) {
    throw new HttpError(400, { errorMessage: 'Identity Provider not found.' })
  }
  const links = await deps.federatedIdentities.ofUser(user.id)
  const link = links.find(({ identityProvider }) => identityProvider === alias)
  if (!link) throw new HttpError(400, { errorMessage: 'This identity is not active anymore.' })
  // Without a password the last link is the only way in.
  const types = await deps.credentials.typesOf(user.id)
  if (links.length === 1 && !types.includes('password')) {
    const errorMessage = 'You can not remove last federated identity as you do not have a password.'
    throw new HttpError(400, { errorMessage })
  }
  await deps.federatedIdentities.remove(user, alias)
  deps.events.record({
    type: 'REMOVE_FEDERATED_IDENTITY',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    userId: user.id,
    ipAddress: deps.urls.clientAddress(request),
    details: {
      identity_provider: alias,
      identity_provider_identity: link.userName ?? '',
      username: user.username,
    },
  })
  return undefined
}
