import type { Transaction } from '../../database/database.ts'
import { PolicyReferences, type PolicyReferencesDeps } from '../authorization/policy-references.ts'
import type { PolicySubjects } from '../authorization/policy-subjects.ts'
import {
  type ExportedServer,
  exportedServer,
  importedServer,
  resolvedPolicies,
} from '../authorization/resource-server-settings.ts'
import type { ResourceServers } from '../authorization/resource-servers.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { ClientId, ClientUuid, RealmId } from '../typed-ids.ts'
import type { CompleteRealm } from './complete-representation.ts'
import { ImportedSubjects } from './imported-subjects.ts'
import type { UserImportTarget } from './user-import.ts'

export interface AuthorizationTransferDeps extends PolicyReferencesDeps {
  readonly resourceServers: ResourceServers
}

/** What clients protect, on its way in and out with their realm (`authorizationSettings`). */
export class AuthorizationTransfer {
  readonly #deps: AuthorizationTransferDeps
  readonly #references: PolicyReferences

  constructor(deps: AuthorizationTransferDeps) {
    this.#deps = deps
    this.#references = new PolicyReferences(deps)
  }

  /**
   * Takes over what the clients of a realm protect, in the transaction that imports the realm with its users and roles, to
   * which policies refer. What refers to something that is not there is left out with its client's other settings.
   * @returns what is left out, a sentence for each, to be told when the import is committed
   * @throws ModelError `invalid` for settings that are none
   */
  async takeOverIn(
    tx: Transaction,
    realm: Pick<CompleteRealm, 'clientScopes' | 'clients' | 'id' | 'realm'>,
    target: UserImportTarget,
  ): Promise<string[]> {
    const subjects = new ImportedSubjects(tx, realm, target, this.#deps.users)
    const left: string[] = []
    for (const { id, clientId, authorizationSettings } of realm.clients) {
      if (!authorizationSettings) continue
      try {
        const given = await readSettings(clientId, authorizationSettings)
        await this.#takeOver(tx, realm.id, id ?? '', given, subjects)
      } catch (error) {
        if (!(error instanceof ModelError) || error.reason !== 'invalid') throw error
        left.push(
          `The authorization settings of client ${clientId} in realm ${realm.realm} are not taken over: ${error.message}`,
        )
      }
    }
    return left
  }

  /** @returns what a client protects, by names; null where nothing was ever written of it */
  async settingsOf(realm: Realm, clientUuid: ClientUuid): Promise<ExportedServer | null> {
    const { resourceServers, users } = this.#deps
    const server = await resourceServers.of(realm.id, clientUuid)
    if (server.ver === 0) return null
    const names = new Map<string, string>()
    for (const { ownerId } of server.resources) {
      if (ownerId === clientUuid || names.has(ownerId)) continue
      const user = await users.byId(realm.id, ownerId)
      if (user) names.set(ownerId, user.username)
    }
    return await exportedServer(realm, server, this.#references, names)
  }

  async #takeOver(
    tx: Transaction,
    realmId: RealmId,
    clientUuid: ClientUuid,
    given: ExportedServer,
    subjects: PolicySubjects,
  ): Promise<void> {
    const policies = await resolvedPolicies(given, subjects)
    const owners = new Map<string, string>()
    for (const { owner } of given.resources ?? []) {
      const id = owner?.name ? await subjects.userId(owner.name) : null
      if (id !== null && owner?.name) owners.set(owner.name, id)
    }
    await this.#deps.resourceServers.changeIn(tx, realmId, clientUuid, (server) =>
      importedServer(server, given, policies, owners),
    )
  }
}

/** @throws ModelError `input` */
async function readSettings(clientId: ClientId, given: unknown): Promise<ExportedServer> {
  // The schema library is not needed by imports without authorization services.
  const { exportedServerSchema } = await import('../authorization/exported-server-schema.ts')
  const read = exportedServerSchema.safeParse(given)
  if (read.success) return read.data as ExportedServer
  const place = read.error.issues[0]?.path.join('.') ?? ''
  throw new ModelError('input', `Client ${clientId}: authorizationSettings.${place} cannot be read`)
}
