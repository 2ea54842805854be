import { PolicyReferences, type PolicyReferencesDeps } from '../authorization/policy-references.ts'
import {
  type ExportedServer,
  exportedServer,
  importedServer,
  resolvedPolicies,
} from '../authorization/resource-server-settings.ts'
import type { ResourceServers } from '../authorization/resource-servers.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { ClientExport } from './representation.ts'

export interface AuthorizationTransferDeps extends PolicyReferencesDeps {
  readonly realms: Pick<Realms, 'byId'>
  readonly resourceServers: ResourceServers
  readonly warn: (text: string) => void
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
   * Takes over what the clients of a realm protect, when the realm is there: policies refer to its users and roles. What
   * refers to something that is not there is left out with its client's other settings, and named in the log.
   */
  async takeOver(realmId: string, clients: readonly ClientExport[]): Promise<void> {
    const protecting = clients.filter((client) => client['authorizationSettings'])
    const realm = protecting.length > 0 ? await this.#deps.realms.byId(realmId) : null
    if (!realm) return
    for (const { id, clientId, authorizationSettings } of protecting) {
      try {
        await this.#takeOver(realm, id ?? '', authorizationSettings as ExportedServer)
      } catch (error) {
        if (!(error instanceof ModelError)) throw error
        this.#deps.warn(
          `The authorization settings of client ${clientId} in realm ${realm.name} are not taken over: ${error.message}`,
        )
      }
    }
  }

  /** @returns what a client protects, by names; null where nothing was ever written of it */
  async settingsOf(realm: Realm, clientUuid: string): Promise<ExportedServer | null> {
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

  async #takeOver(realm: Realm, clientUuid: string, given: ExportedServer): Promise<void> {
    const { resourceServers, users } = this.#deps
    const policies = await resolvedPolicies(realm, given, this.#references)
    const owners = new Map<string, string>()
    for (const { owner } of given.resources ?? []) {
      const user = owner?.name ? await users.byUsername(realm.id, owner.name) : null
      if (user && owner?.name) owners.set(owner.name, user.id)
    }
    await resourceServers.change(realm.id, clientUuid, (server) =>
      importedServer(server, given, policies, owners),
    )
  }
}
