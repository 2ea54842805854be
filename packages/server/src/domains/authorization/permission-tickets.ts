import type { Database } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import { ModelError } from '../realms/model-error.ts'
import type { ClientUuid, RealmId } from '../typed-ids.ts'
import type { PermissionTicket, TicketFilter } from './permission-ticket.ts'
import { PermissionTicketStore } from './permission-ticket-store.ts'

/** What somebody asks an owner for. */
export type TicketRequest = Pick<
  PermissionTicket,
  'clientUuid' | 'resourceId' | 'scopeId' | 'owner' | 'requester'
>

/** Requests that owners have not answered yet, of one requester at one client. */
const pendingMax = 500
/** Tickets that one evaluation or page reads. */
const ticketsMax = 1_000

/**
 * Permission tickets: requests that users make to the owners of resources (UMA 2.0), and what the owners have granted. They
 * decide at once on every node, for no node keeps a copy.
 */
export class PermissionTickets {
  readonly #database: Database
  readonly #clock: Clock
  readonly #store = new PermissionTicketStore()

  constructor(deps: { readonly database: Database; readonly clock: Clock }) {
    this.#database = deps.database
    this.#clock = deps.clock
  }

  /** @param page from `first` on, `max` at most and never more than 1,000 */
  async find(
    realmId: RealmId,
    filter: TicketFilter,
    page: { readonly first?: number | undefined; readonly max?: number | undefined } = {},
  ): Promise<PermissionTicket[]> {
    const { first = 0, max = ticketsMax } = page
    const bounded = { first, max: Math.min(max, ticketsMax) }
    return await this.#store.find(this.#database, realmId, filter, bounded)
  }

  async count(realmId: RealmId, filter: TicketFilter): Promise<number> {
    return await this.#store.count(this.#database, realmId, filter)
  }

  async byId(clientUuid: ClientUuid, id: string): Promise<PermissionTicket | null> {
    return await this.#store.byId(this.#database, clientUuid, id)
  }

  /** Keeps what somebody asks for, where they have not asked already; beyond 500 open requests they are dropped. */
  async submit(realmId: RealmId, requests: readonly TicketRequest[]): Promise<void> {
    const [first] = requests
    if (!first) return
    const { clientUuid, requester } = first
    const open = await this.count(realmId, { clientUuid, requester, granted: false })
    const accepted = requests.slice(0, Math.max(0, pendingMax - open))
    for (const request of accepted) await this.#insert(request, null)
  }

  /**
   * An owner lets somebody in.
   * @throws ModelError `duplicate` when there is such a ticket
   */
  async create(request: TicketRequest, granted: boolean): Promise<PermissionTicket> {
    const ticket = await this.#insert(request, granted ? this.#clock.now() : null)
    if (!ticket) throw new ModelError('duplicate', 'Permission already exists')
    return ticket
  }

  async grant(tickets: readonly PermissionTicket[]): Promise<void> {
    const ids = tickets.map(({ id }) => id)
    if (ids.length > 0) await this.#store.grant(this.#database, ids, this.#clock.now())
  }

  async remove(tickets: readonly Pick<PermissionTicket, 'id'>[]): Promise<void> {
    const ids = tickets.map(({ id }) => id)
    if (ids.length > 0) await this.#store.remove(this.#database, ids)
  }

  async #insert(request: TicketRequest, grantedAt: number | null) {
    const ticket = { ...request, id: newUuid(), createdAt: this.#clock.now(), grantedAt }
    return (await this.#store.insert(this.#database, ticket)) ? ticket : null
  }
}
