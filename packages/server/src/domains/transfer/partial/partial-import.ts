import type { Database } from '../../../database/database.ts'
import type { AdminTrace } from '../../events/admin-event.ts'
import { isUniqueViolation, ModelError } from '../../realms/model-error.ts'
import type { JsonObject, Realm } from '../../realms/realm.ts'
import type { AuthorizationTransfer } from '../authorization-transfer.ts'
import type { ClientExport, RealmRepresentation } from '../representation.ts'
import { ClientPart, type ClientPartDeps } from './client-part.ts'
import { GroupPart, type GroupPartDeps } from './group-part.ts'
import { SortedPart } from './import-part.ts'
import type { ExistingPolicy, ImportedThing } from './imported-thing.ts'
import { PartialTarget, type PartialTargetDeps, type RealmParts } from './partial-target.ts'
import { ProviderMapperPart, ProviderPart, type ProviderPartDeps } from './provider-part.ts'
import { RolePart, type RolePartDeps } from './role-part.ts'
import { UserPart, type UserPartDeps } from './user-part.ts'

/** Longest time that one statement of an import may take, milliseconds. */
const importStatementTimeoutMs = 600_000

export type PartialImportDeps = PartialTargetDeps &
  ClientPartDeps &
  RolePartDeps &
  GroupPartDeps &
  UserPartDeps &
  ProviderPartDeps & {
    readonly database: Database
    readonly authorization: Pick<AuthorizationTransfer, 'takeOverIn'>
    readonly warn: (text: string) => void
  }

/** What a partial import brings, read and checked. */
export interface ImportedParts extends RealmParts {
  readonly clients: readonly ClientExport[]
  readonly identityProviders: readonly JsonObject[]
  readonly identityProviderMappers: readonly JsonObject[]
}

/** The members of a realm that a partial import takes; others are passed over, as Keycloak does. */
const members = [
  'clients',
  'groups',
  'identityProviderMappers',
  'identityProviders',
  'roles',
  'users',
] as const

/** Adds parts of a representation to a realm that is there: everything or, where something is refused, nothing. */
export class PartialImport {
  readonly #deps: PartialImportDeps

  constructor(deps: PartialImportDeps) {
    this.#deps = deps
  }

  /** @returns what is to be imported. @throws ModelError for what cannot be read */
  async read(realm: Realm, given: Readonly<Record<string, unknown>>): Promise<ImportedParts> {
    const { readRealm } = await import('../representation-shape.ts')
    const { withReadClients } = await import('../read-clients.ts')
    const { withoutLegacyUserMembers } = await import('../migration/legacy-members.ts')
    const parts = members.flatMap((name) =>
      given[name] === undefined ? [] : [[name, given[name]]],
    )
    const { attributes } = realm.settings
    const read = readRealm({ ...Object.fromEntries(parts), realm: realm.name, attributes })
    const checked: RealmRepresentation = withReadClients(read)
    return {
      clients: checked.clients ?? [],
      groups: checked.groups ?? [],
      identityProviders: checked.identityProviders ?? [],
      identityProviderMappers: checked.identityProviderMappers ?? [],
      roles: { realm: checked.roles?.realm ?? [], client: checked.roles?.client ?? {} },
      users: (checked.users ?? []).map(withoutLegacyUserMembers),
    }
  }

  /**
   * Imports in one transaction; of what clients protect, settings that refer to nothing are left out, as for a whole realm.
   * @param traceOf the event of a thing that was made
   * @returns what became of each thing
   * @throws ModelError `duplicate` where something is there and the policy is to fail; `invalid` for what refers to
   *   something that is not there
   */
  async run(
    realm: Realm,
    parts: ImportedParts,
    policy: ExistingPolicy,
    traceOf: (thing: ImportedThing) => Promise<AdminTrace>,
  ): Promise<ImportedThing[]> {
    const deps = this.#deps
    const target = await PartialTarget.of(deps, realm, parts, parts.clients)
    const clients = new ClientPart(deps, realm, target, parts.clients)
    const sorted = [
      await SortedPart.of(clients, policy),
      await SortedPart.of(new RolePart(deps, realm, target, parts.roles), policy),
      await SortedPart.of(new ProviderPart(deps, realm.id, parts.identityProviders), policy),
      await SortedPart.of(
        new ProviderMapperPart(deps, realm.id, parts.identityProviderMappers),
        policy,
      ),
      await SortedPart.of(new GroupPart(deps, target, parts.groups), policy),
      await SortedPart.of(new UserPart(deps, realm, target, parts.users), policy),
    ]
    const done: ImportedThing[] = []
    const left: string[] = []
    const write = async () => {
      await deps.database.transaction(
        async (tx) => {
          for (const part of sorted) await part.removeOverwritten(tx)
          for (const part of sorted) done.push(...(await part.write(tx)))
          const protecting = {
            id: realm.id,
            realm: realm.name,
            clientScopes: realm.clientScopes.map((scope) => ({ ...scope })),
          }
          const made = withNewIds(clients.items, done)
          left.push(
            ...(await deps.authorization.takeOverIn(tx, { ...protecting, clients: made }, target)),
          )
          for (const thing of done) {
            if (thing.action !== 'SKIPPED') await (await traceOf(thing))(tx)
          }
        },
        { statementTimeoutMs: importStatementTimeoutMs },
      )
    }
    await orDuplicateResource(write)
    for (const notice of left) deps.warn(notice)
    return done
  }
}

/** The clients that were made, under the ids that they have been given. */
function withNewIds(clients: readonly ClientExport[], done: readonly ImportedThing[]) {
  const made = done.filter(
    ({ resourceType, action }) => resourceType === 'CLIENT' && action !== 'SKIPPED',
  )
  const ids = new Map(made.map(({ resourceName, id }) => [resourceName, id]))
  return clients.flatMap((client) => {
    const id = ids.get(client.clientId)
    return id === undefined ? [] : [{ ...client, id }]
  })
}

/** Two things of one name in the import itself are told apart by nobody: Keycloak says no more about it. */
async function orDuplicateResource(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    const refused = error instanceof ModelError && error.reason === 'duplicate'
    if (!refused && !isUniqueViolation(error)) throw error
    throw new ModelError('duplicate', 'Duplicate resource error')
  }
}
