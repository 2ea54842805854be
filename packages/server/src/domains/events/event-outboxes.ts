import type { RealmId } from '../typed-ids.ts'
import type { AdminEvent } from './admin-event.ts'
import type { EventOutbox, OutboxTrace, Timed } from './event-outbox.ts'
import type { LoginEvent } from './login-event.ts'

/** Several outboxes as one: each takes what it wants. */
export class EventOutboxes implements EventOutbox {
  readonly #outboxes: readonly EventOutbox[]

  constructor(outboxes: readonly EventOutbox[]) {
    this.#outboxes = outboxes
  }

  mayWant(realmId: RealmId): boolean {
    return this.#outboxes.some((outbox) => outbox.mayWant(realmId))
  }

  keep(login: Timed<LoginEvent>): void {
    for (const outbox of this.#outboxes) {
      if (outbox.mayWant(login.event.realmId)) outbox.keep(login)
    }
  }

  written(realmName: string): Promise<void> | undefined {
    const writing = this.#outboxes.flatMap((outbox) => outbox.written(realmName) ?? [])
    return writing.length === 0 ? undefined : Promise.all(writing).then(() => undefined)
  }

  async loginTrace(realmId: RealmId, type: string): Promise<OutboxTrace<Timed<LoginEvent>> | null> {
    return together(
      await Promise.all(
        this.#outboxes.map(async (outbox) =>
          outbox.mayWant(realmId) ? await outbox.loginTrace(realmId, type) : null,
        ),
      ),
    )
  }

  async adminTrace(
    event: AdminEvent,
    withDetails: boolean,
  ): Promise<OutboxTrace<Timed<AdminEvent>> | null> {
    return together(
      await Promise.all(
        this.#outboxes.map(async (outbox) =>
          outbox.mayWant(event.realmId) ? await outbox.adminTrace(event, withDetails) : null,
        ),
      ),
    )
  }
}

function together<T>(traces: readonly (OutboxTrace<T> | null)[]): OutboxTrace<T> | null {
  const wanted = traces.filter((trace) => trace !== null)
  if (wanted.length === 0) return null
  return async (tx, event) => {
    for (const trace of wanted) await trace(tx, event)
  }
}
