import type { Database } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Client } from '../../clients/client.ts'
import type { ClientScope } from '../../realms/realm.ts'
import { userDetailsChanged } from '../../users/user-events.ts'
import { ConsentStore } from './consent-store.ts'

/** A scope, or the client itself, that a user is asked for. */
export interface ConsentItem {
  /** What is remembered. */
  readonly name: string
  /** What the page says; `${key}` is looked up. */
  readonly text: string
}

/** What users let clients have. */
export class Consents {
  readonly #database: Database
  readonly #clock: Clock
  readonly #store = new ConsentStore()

  constructor(deps: { readonly database: Database; readonly clock: Clock }) {
    this.#database = deps.database
    this.#clock = deps.clock
  }

  /**
   * @param scopes that the request asks for
   * @returns what the user has to be asked for, in the order of the page; empty when nothing is missing
   */
  async missing(
    client: Client,
    userId: string,
    scopes: readonly ClientScope[],
  ): Promise<ConsentItem[]> {
    if (client.representation.consentRequired !== true) return []
    const items = consentItems(client, scopes)
    if (items.length === 0) return []
    const granted = new Set(await this.#store.granted(this.#database, userId, client.id))
    return items.filter(({ name }) => !granted.has(name))
  }

  async grant(client: Client, userId: string, names: readonly string[]): Promise<void> {
    await this.#database.transaction(async (tx) => {
      tx.append([userDetailsChanged(userId)])
      await this.#store.grant(tx, userId, client.id, names, this.#clock.now())
    })
  }
}

/** Scopes that want to be asked for, by their `gui.order`; the client is one where it says so. */
function consentItems(client: Client, scopes: readonly ClientScope[]): ConsentItem[] {
  const own = client.representation.attributes ?? {}
  const asked = scopes
    .filter(({ attributes }) => attributes['display.on.consent.screen'] !== 'false')
    .map(({ name, attributes }) => ({
      name,
      text: attributes['consent.screen.text'] || name,
      order: orderOf(attributes['gui.order']),
    }))
  if (own['display.on.consent.screen'] === 'true') {
    asked.push({
      name: client.clientId,
      text: own['consent.screen.text'] || client.clientId,
      order: orderOf(own['gui.order']),
    })
  }
  return asked.sort((a, b) => a.order - b.order).map(({ name, text }) => ({ name, text }))
}

function orderOf(text: string | undefined): number {
  const order = Number.parseInt(text ?? '', 10)
  return Number.isNaN(order) ? Number.MAX_SAFE_INTEGER : order
}
