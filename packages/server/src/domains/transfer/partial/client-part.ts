import type { Transaction } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import { newUuid } from '../../../shared/random.ts'
import { adminPermissionsClientId } from '../../administration/admin-permissions-schema.ts'
import type { ClientLifecycle } from '../../client-lifecycle/client-lifecycle.ts'
import type { Clients } from '../../clients/clients.ts'
import { ModelError } from '../../realms/model-error.ts'
import type { Realm } from '../../realms/realm.ts'
import type { ClientId } from '../../typed-ids.ts'
import { completedClient } from '../completed-client.ts'
import type { ClientExport } from '../representation.ts'
import type { ImportPart } from './import-part.ts'
import type { PartialTarget } from './partial-target.ts'

/** Clients that every realm has, and those of master for the realms: a partial import leaves them alone without a word. */
const builtInClients: ReadonlySet<string> = new Set([
  'account',
  'account-console',
  'admin-cli',
  adminPermissionsClientId,
  'broker',
  'realm-management',
  'security-admin-console',
])

export interface ClientPartDeps {
  readonly clock: Clock
  readonly clients: Pick<Clients, 'byId'>
  readonly clientLifecycle: Pick<ClientLifecycle, 'insertIn' | 'removeIn'>
}

/** The clients of a partial import, each with a new id. */
export class ClientPart implements ImportPart<ClientExport> {
  readonly items: readonly ClientExport[]
  readonly #deps: ClientPartDeps
  readonly #realm: Realm
  readonly #target: PartialTarget

  constructor(
    deps: ClientPartDeps,
    realm: Realm,
    target: PartialTarget,
    clients: readonly ClientExport[],
  ) {
    this.items = clients.filter(({ clientId }) => !isBuiltIn(clientId))
    this.#deps = deps
    this.#realm = realm
    this.#target = target
  }

  typeOf() {
    return 'CLIENT' as const
  }

  nameOf({ clientId }: ClientExport): string {
    return clientId
  }

  async present({ clientId }: ClientExport): Promise<string | null> {
    return this.#target.clientUuids.get(clientId) ?? null
  }

  taken({ clientId }: ClientExport): string {
    return `Client id '${clientId}' already exists`
  }

  async remove(tx: Transaction, { clientId }: ClientExport, id: string): Promise<void> {
    const client = await this.#deps.clients.byId(this.#realm.id, id)
    if (!client) throw new ModelError('missing', 'Could not find client')
    await this.#deps.clientLifecycle.removeIn(tx, this.#realm, client)
    this.#target.forgetClient(clientId)
  }

  async add(tx: Transaction, clients: readonly ClientExport[]): Promise<string[]> {
    const { clock, clientLifecycle } = this.#deps
    const protocols = new Map(
      this.#realm.clientScopes.map(({ name, protocol }) => [name, protocol]),
    )
    const ids: string[] = []
    for (const given of clients) {
      const id = newUuid()
      const {
        id: _,
        clientId,
        enabled = true,
        authorizationSettings: __,
        ...representation
      } = completedClient({ ...given, id }, this.#realm.settings, protocols, clock)
      const client = { id, realmId: this.#realm.id, clientId, enabled, representation, ver: 0 }
      await clientLifecycle.insertIn(tx, this.#realm, client)
      this.#target.clientUuids.set(clientId, id)
      ids.push(id)
    }
    return ids
  }
}

function isBuiltIn(clientId: ClientId): boolean {
  return builtInClients.has(clientId) || clientId.endsWith('-realm')
}
