import type { GivenOrganization } from '../../../domains/organizations/given-organization.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { paged } from '../query-parameters.ts'
import { listOf, whole } from '../representations/answer.ts'
import {
  type OrganizationBody,
  organizationAnswer,
  organizationShape,
} from '../representations/organization.ts'
import { organizationRepresentation } from './organization-representation.ts'
import {
  managesOrganizations,
  queriesOrganizations,
  requireEnabled,
  requireOrganization,
  viewsOrganizations,
} from './require-organization.ts'

type Deps = Pick<AdminDeps, 'groups' | 'organizationGroups' | 'organizations' | 'userLifecycle'>

const organizationsPerPage = 10

/** `/organizations` and each of them. */
export function registerOrganizations(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/organizations',
    may: queriesOrganizations,
    query: { ...paged, search: 'text', exact: 'flag', q: 'text', briefRepresentation: 'flag' },
    answer: listOf(organizationAnswer),
    handle: async (call) => {
      requireEnabled(call)
      const { query } = call
      const brief = query.flag('briefRepresentation') ?? true
      const page = { first: query.first, max: query.max(organizationsPerPage) }
      const visible = await call.permissions.visible('organization')
      if (visible === null) return []
      const found = await deps.organizations.list({ ...listingOf(call), visible, ...page })
      return found.map((each) => organizationRepresentation(each, brief))
    },
  })
  routes.add({
    method: 'GET',
    path: '/organizations/count',
    may: queriesOrganizations,
    query: { search: 'text', exact: 'flag', q: 'text' },
    answer: whole,
    handle: async (call) => {
      requireEnabled(call)
      const visible = await call.permissions.visible('organization')
      return visible === null ? 0 : await deps.organizations.count({ ...listingOf(call), visible })
    },
  })
  routes.add<OrganizationBody | undefined>({
    method: 'POST',
    path: '/organizations',
    may: managesOrganizations,
    body: organizationShape,
    handle: async (call) => {
      requireEnabled(call)
      const id = newUuid()
      const representation = { ...call.body, id }
      const trace = await call.trace(
        'CREATE',
        'ORGANIZATION',
        `organizations/${id}`,
        representation,
      )
      await deps.organizations.create(call.realm, id, givenOrganization(call.body), trace)
      return created(call.reply, `${call.realmUrl}/organizations/${id}`)
    },
  })
  registerOrganization(routes, deps)
}

function registerOrganization(routes: AdminRoutes<Deps>, deps: Deps): void {
  const path = '/organizations/:organizationId'
  routes.add({
    method: 'GET',
    path,
    may: viewsOrganizations,
    answer: organizationAnswer,
    handle: async (call) => organizationRepresentation(await requireOrganization(call), false),
  })
  routes.add<OrganizationBody | undefined>({
    method: 'PUT',
    path,
    may: managesOrganizations,
    body: organizationShape,
    handle: async (call) => {
      const { id } = await requireOrganization(call)
      const trace = await call.trace('UPDATE', 'ORGANIZATION', `organizations/${id}`, call.body)
      await deps.organizations.update(call.realm, id, givenOrganization(call.body), trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: managesOrganizations,
    handle: async (call) => {
      const organization = await requireOrganization(call)
      const trace = await call.trace('DELETE', 'ORGANIZATION', `organizations/${organization.id}`)
      await deps.userLifecycle.removeOrganization(call.realm, organization, trace)
    },
  })
}

function listingOf({ realm, query }: AdminCall<unknown, Deps>) {
  return {
    realmId: realm.id,
    search: query.text('search')?.trim(),
    exact: query.flag('exact') ?? false,
    attributes: query.attributes,
  }
}

function givenOrganization(body: OrganizationBody | undefined): GivenOrganization {
  const { domains, ...members } = body ?? {}
  return { ...members, ...(domains ? { domains } : {}) }
}
