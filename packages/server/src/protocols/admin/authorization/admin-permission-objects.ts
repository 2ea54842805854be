import {
  type AdminResourceType,
  adminResourceTypes,
  isAdminResourceType,
} from '../../../domains/administration/admin-permissions-schema.ts'
import type {
  ProtectedResource,
  ResourceServer,
} from '../../../domains/authorization/resource-server.ts'
import { newUuid } from '../../../shared/random.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'

type Deps = Pick<AdminDeps, 'clients' | 'groups' | 'organizations' | 'roles' | 'users'>

/** What a permission for administrators says that it is about. */
export interface AdminPermissionBody {
  readonly resourceType?: unknown
  readonly scopes?: readonly string[] | null | undefined
  readonly resources?: readonly string[] | null | undefined
}

/** What a permission is about, checked: names of resources, which are ids of things or the type for all of them. */
export interface AdminPermissionObjects {
  readonly type: AdminResourceType
  readonly names: readonly string[]
}

/** @throws HttpError 400, in the few words of Keycloak, for what is not of the schema or not there */
export async function adminPermissionObjects(
  call: AdminCall<unknown, Deps>,
  server: ResourceServer,
  { resourceType, scopes, resources }: AdminPermissionBody,
): Promise<AdminPermissionObjects> {
  const type = String(resourceType ?? '')
  if (!isAdminResourceType(type)) throw badRequest('unknown_error')
  const known: readonly string[] = adminResourceTypes[type]
  const named = (scopes ?? []).map(
    (text) => server.scopes.find(({ id }) => id === text)?.name ?? text,
  )
  if (named.length === 0 || !named.every((name) => known.includes(name))) {
    throw badRequest('unknown_error')
  }
  const names: string[] = []
  for (const text of resources ?? []) {
    const given = server.resources.find(({ id }) => id === text)?.name ?? text
    names.push(given === type ? given : await idOf(call, type, given))
  }
  return { type, names: names.length === 0 ? [type] : names }
}

/** @returns the server with a resource for each thing that is named, and none for things that no permission names any more */
export function withObjects(
  server: ResourceServer,
  { type, names }: AdminPermissionObjects,
): ResourceServer {
  const known = new Set(server.resources.map(({ name }) => name))
  const allowed: readonly string[] = adminResourceTypes[type]
  const scopeIds = server.scopes.filter(({ name }) => allowed.includes(name)).map(({ id }) => id)
  const added = [...new Set(names)]
    .filter((name) => !known.has(name))
    .map(
      (name): ProtectedResource => ({
        id: newUuid(),
        name,
        uris: [],
        scopeIds,
        ownerId: server.clientUuid,
        ownerManagedAccess: false,
        attributes: {},
      }),
    )
  return { ...server, resources: [...server.resources, ...added] }
}

/** @returns the server without resources of things that no permission names */
export function withoutUnnamed(server: ResourceServer): ResourceServer {
  const used = new Set(server.policies.flatMap(({ resourceIds }) => resourceIds))
  const resources = server.resources.filter(({ id, type }) => type !== undefined || used.has(id))
  return { ...server, resources }
}

/** @returns how consoles call the thing that a resource stands for */
export async function displayNameOf(call: AdminCall<unknown, Deps>, name: string): Promise<string> {
  const { deps, realm } = call
  const user = await deps.users.byId(realm.id, name)
  if (user) return user.username
  const client = await deps.clients.byId(realm.id, name)
  if (client) return client.clientId
  const group = await deps.groups.byId(realm.id, name)
  const role = group ?? (await deps.roles.byId(realm.id, name))
  const organization = role ?? (await deps.organizations.byId(realm.id, name))
  return organization?.name ?? name
}

/** Clients are named by their `client_id` too. */
async function idOf(
  call: AdminCall<unknown, Deps>,
  type: AdminResourceType,
  given: string,
): Promise<string> {
  const id = await thingOf(call, type, given)
  if (id === null) throw badRequest('unknown_error')
  return id
}

/** @returns the id of a thing; null where there is none */
export async function thingOf(
  { deps, realm }: AdminCall<unknown, Deps>,
  type: AdminResourceType,
  given: string,
): Promise<string | null> {
  const found = {
    Clients: async () =>
      (await deps.clients.byId(realm.id, given)) ??
      (await deps.clients.byClientId(realm.id, given)),
    Groups: async () => await deps.groups.byId(realm.id, given),
    Organizations: async () => await deps.organizations.byId(realm.id, given),
    Roles: async () => await deps.roles.byId(realm.id, given),
    Users: async () => await deps.users.byId(realm.id, given),
  }
  return (await found[type]())?.id ?? null
}
