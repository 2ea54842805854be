import type { ClientLogouts } from '../domains/tokens/client-logouts.ts'
import type { LogoutNotice } from '../domains/tokens/logout-notice.ts'
import type { LogoutNotices } from '../domains/tokens/logout-notices.ts'
import type { Logger } from '../log/logger.ts'
import { OutboxLoop } from '../queues/outbox-loop.ts'
import type { Clock } from '../shared/clock.ts'

const bounds = { underWayMax: 20, ofRealmMax: 5 }
/** Each node wakes for its own; what is left over is that of nodes that are gone. */
const lookEveryMs = 10_000
/** So much later than what is due is looked for: two clocks never agree to the millisecond. */
const marginMs = 50

export interface LogoutSenderDeps {
  readonly notices: Pick<LogoutNotices, 'claim' | 'onDue'>
  readonly logouts: Pick<ClientLogouts, 'sendAgain'>
  readonly clock: Clock
  readonly log: Logger
}

/** Tells clients again of logouts that they could not take, those of nodes that are gone too. */
export class LogoutSender implements AsyncDisposable {
  readonly #deps: LogoutSenderDeps
  readonly #loop: OutboxLoop<LogoutNotice>

  constructor(deps: LogoutSenderDeps) {
    this.#deps = deps
    const { notices, logouts, clock, log } = deps
    this.#loop = new OutboxLoop({
      claim: (limit, busy) => notices.claim(limit, busy),
      send: (notice) => logouts.sendAgain(notice),
      onUnread: (err) => log.debug({ err }, 'Logout tokens that wait could not be read'),
      bounds,
      lookEveryMs,
      now: () => clock.now(),
    })
  }

  /** Starts to send. */
  begin(): void {
    this.#deps.notices.onDue((inMs) => {
      setTimeout(() => this.#loop.wake(), inMs + marginMs).unref()
    })
    this.#loop.begin()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]()
  }
}
