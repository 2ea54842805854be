import { z } from 'zod'
import type { ImportedThing } from '../../../domains/transfer/partial/imported-thing.ts'
import type { ImportedParts } from '../../../domains/transfer/partial/partial-import.ts'
import { holdersIn, type RoleHolder } from '../../../domains/transfer/partial/partial-target.ts'
import type { GroupId } from '../../../domains/typed-ids.ts'
import { allowLongAnswer } from '../../../http/answer-deadlines.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, forbidden } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import type { RealmRole } from '../administrator.ts'
import { requireMayJoin, requireMayMap } from '../mapping-permission.ts'
import { anyOf } from '../permission.ts'
import { listOf, partly, string, whole } from '../representations/answer.ts'
import { checked, JsonText } from '../request-body.ts'
import { requireUnanswered } from './realms-resource.ts'

type Deps = Pick<AdminDeps, 'administration' | 'clients' | 'groups' | 'partialImport' | 'roles'>

/** Largest partial import: it may come with users. */
const importBytesMax = 64 * 1024 * 1024

/** As Keycloak, what it does not know is passed over: whole exports are sent here. */
const shape = {
  name: 'PartialImportRepresentation',
  schema: z.looseObject({ ifResourceExists: z.enum(['FAIL', 'SKIP', 'OVERWRITE']).nullish() }),
}

/** Keycloak's PartialImportResults. */
const partialImportAnswer = partly('PartialImportResults', {
  overwritten: whole,
  added: whole,
  skipped: whole,
  results: listOf(
    partly('PartialImportResult', {
      action: string,
      resourceType: string,
      resourceName: string,
      id: string,
    }),
  ),
})

/** Where Keycloak's events say that something was made; the rest of the path is its id. */
const places: Readonly<Record<ImportedThing['resourceType'], string>> = {
  CLIENT: 'clients',
  CLIENT_ROLE: 'clients',
  GROUP: 'groups',
  IDP: 'identity-provider-settings',
  IDP_MAPPER: 'mappers',
  REALM_ROLE: 'realms',
  USER: 'users',
}

/** `POST /partialImport`: adds users, groups, roles, clients and identity providers to a realm. */
export function registerPartialImport(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'POST',
    path: '/partialImport',
    may: anyOf(['manage-realm']),
    bodyBytesMax: importBytesMax,
    answer: partialImportAnswer,
    handle: async (call) => {
      const { realm, request, reply } = call
      if (!(request.body instanceof JsonText))
        throw badRequest('invalid_request', 'Cannot parse the JSON')
      const { ifResourceExists, ...given } = checked(request.body.text, shape)
      const parts = await deps.partialImport.read(realm, given)
      requireMayManage(call, parts)
      await requireMayGive(call, parts)
      requireClients(await unknownClients(call, parts))
      allowLongAnswer(reply.raw)
      const done = await deps.partialImport.run(
        realm,
        parts,
        ifResourceExists ?? 'FAIL',
        async ({ action, resourceType, id, representation }) => {
          const operation = action === 'ADDED' ? 'CREATE' : 'UPDATE'
          const place = `${places[resourceType]}/${id}`
          const trace = await call.trace(operation, 'REALM', place, representation)
          return async (tx) => {
            requireUnanswered(reply)
            await trace(tx)
          }
        },
      )
      return summaryOf(done)
    },
  })
}

function summaryOf(done: readonly ImportedThing[]) {
  const count = (action: ImportedThing['action']) =>
    done.filter((thing) => thing.action === action).length
  return {
    overwritten: count('OVERWRITTEN'),
    added: count('ADDED'),
    skipped: count('SKIPPED'),
    results: done.map(({ representation: _, ...result }) => result),
  }
}

/** Keycloak asks for manage-realm alone; here each kind also needs the role that it needs elsewhere. @throws HttpError 403 */
function requireMayManage({ permissions }: AdminCall<unknown, Deps>, parts: ImportedParts): void {
  const needed: readonly (readonly [number, RealmRole])[] = [
    [parts.users.length + parts.groups.length, 'manage-users'],
    [parts.clients.length + Object.keys(parts.roles.client).length, 'manage-clients'],
    [
      parts.identityProviders.length + parts.identityProviderMappers.length,
      'manage-identity-providers',
    ],
  ]
  if (needed.some(([count, role]) => count > 0 && !permissions.holdsAny([role]))) throw forbidden()
}

/** Nobody gives away, by an import either, what they do not have. @throws HttpError 403 */
async function requireMayGive(call: AdminCall<unknown, Deps>, parts: ImportedParts): Promise<void> {
  const { deps, realm, administrator } = call
  const ids = await rolesNamedBy(call, holdersIn(parts))
  await requireMayMap(deps, administrator, realm, ids)
  const paths = new Set(parts.users.flatMap(({ groups = [] }) => groups))
  const groupIds: GroupId[] = []
  for (const path of paths) {
    const group = await deps.groups.byPath(realm.id, path)
    if (group) groupIds.push(group.id)
  }
  await requireMayJoin(call, groupIds)
}

async function rolesNamedBy(
  { deps, realm }: AdminCall<unknown, Deps>,
  holders: readonly RoleHolder[],
): Promise<string[]> {
  const ids = new Set<string>()
  const names = new Set(holders.flatMap(({ realmRoles = [] }) => realmRoles))
  for (const name of names) {
    const role = await deps.roles.byName(realm.id, null, name)
    if (role) ids.add(role.id)
  }
  for (const { clientRoles = {} } of holders) {
    for (const [clientId, ofClient] of Object.entries(clientRoles)) {
      const client = await deps.clients.byClientId(realm.id, clientId)
      for (const name of client ? ofClient : []) {
        const role = client && (await deps.roles.byName(realm.id, client.id, name))
        if (role) ids.add(role.id)
      }
    }
  }
  return [...ids]
}

async function unknownClients(
  { deps, realm }: AdminCall<unknown, Deps>,
  parts: ImportedParts,
): Promise<string[]> {
  const owners = Object.keys(parts.roles.client)
  const known = await deps.clients.uuidsOf(realm.id, owners)
  const brought = new Set(parts.clients.map(({ clientId }) => clientId))
  return owners.filter((clientId) => !known.has(clientId) && !brought.has(clientId))
}

/** @throws HttpError 412 */
function requireClients([unknown]: readonly string[]): void {
  if (unknown === undefined) return
  const errorMessage = `Can not import client roles for nonexistent client named ${unknown}`
  throw new HttpError(412, { errorMessage })
}
