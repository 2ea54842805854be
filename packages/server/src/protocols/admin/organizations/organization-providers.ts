import type { IdentityProvider } from '../../../domains/identity-providers/identity-provider.ts'
import { identityProviderRepresentation } from '../../../domains/identity-providers/identity-provider-representation.ts'
import { shownMembers } from '../../../domains/realms/secret-members.ts'
import type { OrganizationId } from '../../../domains/typed-ids.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { listOf } from '../representations/answer.ts'
import { groupAnswer } from '../representations/group.ts'
import { identityProviderAnswer } from '../representations/identity-provider.ts'
import { JsonText } from '../request-body.ts'
import { groupsQuery, listOrganizationGroups } from './organization-groups.ts'
import {
  managesOrganizations,
  requireManagesProviders,
  requireOrganization,
  requireSeesProviders,
  viewsOrganizations,
} from './require-organization.ts'

type Deps = Pick<AdminDeps, 'groups' | 'identityProviders' | 'organizationGroups' | 'organizations'>

const path = '/organizations/:organizationId/identity-providers'

/** Which identity providers of the realm sign in members of an organization. */
export function registerOrganizationProviders(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path,
    may: viewsOrganizations,
    answer: listOf(identityProviderAnswer),
    handle: async (call) => {
      const { id } = await requireOrganization(call)
      requireSeesProviders(call)
      const linked = await deps.identityProviders.list({
        realmId: call.realm.id,
        organizationId: id,
      })
      return linked.map(shown)
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/:alias`,
    may: viewsOrganizations,
    answer: identityProviderAnswer,
    handle: async (call) => {
      const { id } = await requireOrganization(call)
      return shown(await requireLinked(deps, call, id))
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/:alias/groups`,
    may: viewsOrganizations,
    query: groupsQuery,
    answer: listOf(groupAnswer),
    handle: async (call) => {
      const { id } = await requireOrganization(call)
      await requireLinked(deps, call, id)
      return await listOrganizationGroups(call, id)
    },
  })
  registerLinks(routes, deps)
}

function registerLinks(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'POST',
    path,
    may: managesOrganizations,
    handle: async (call) => {
      const { id } = await requireOrganization(call)
      requireManagesProviders(call)
      const { body } = call.request
      const text = body instanceof JsonText ? body.text : typeof body === 'string' ? body : ''
      const alias = text.trim().replace(/^"(.*)"$/, '$1')
      const provider = await providerOf(deps, call, alias)
      if (!provider) throw refused(400, 'Identity provider not found with the given alias')
      if (provider.organizationId === id) {
        throw refused(409, 'Identity provider already associated to the organization')
      }
      if (provider.organizationId !== null) {
        throw refused(400, 'Identity provider already associated to a different organization')
      }
      const place = `organizations/${id}/identity-providers`
      const trace = await call.trace('CREATE', 'ORGANIZATION', place, shown(provider))
      await deps.organizations.linkProvider(call.realm, alias, id, trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:alias`,
    may: managesOrganizations,
    handle: async (call) => {
      const { id } = await requireOrganization(call)
      requireManagesProviders(call)
      const alias = call.params['alias'] ?? ''
      const provider = await providerOf(deps, call, alias)
      if (!provider) throw refused(404, 'Identity provider not found with the given alias')
      if (provider.organizationId !== id) {
        throw refused(404, 'Identity provider not associated with the organization')
      }
      const place = `organizations/${id}/identity-providers/${alias}`
      const trace = await call.trace('DELETE', 'ORGANIZATION', place)
      await deps.organizations.linkProvider(call.realm, alias, null, trace)
    },
  })
}

/** @returns the provider that the path names. @throws HttpError 403, 404 when it is not linked with the organization */
async function requireLinked(
  deps: Deps,
  call: AdminCall<unknown, Deps>,
  organizationId: OrganizationId,
) {
  requireSeesProviders(call)
  const provider = await providerOf(deps, call, call.params['alias'] ?? '')
  if (provider?.organizationId === organizationId) return provider
  throw refused(404, 'Identity provider not associated with the organization')
}

function providerOf(
  deps: Deps,
  { realm }: AdminCall<unknown, Deps>,
  alias: string,
): Promise<IdentityProvider | null> {
  return deps.identityProviders.byAlias(realm.id, alias)
}

function shown(provider: IdentityProvider) {
  return {
    ...identityProviderRepresentation(provider),
    config: shownMembers('identityProvider', provider.config),
  }
}
