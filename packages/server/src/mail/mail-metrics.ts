import { Counter, Gauge, type Registry } from 'prom-client'
import type { WaitingMail } from '../domains/mails/mail-content.ts'
import type { WaitingMails } from '../domains/mails/mail-store.ts'

/** Counts what became of mails, and shows how many wait: those are counted now and then, for the database's sake. */
export class MailMetrics {
  readonly #settled: Counter<'outcome' | 'kind'>
  readonly #look: () => Promise<void>
  #looking: Promise<void> | undefined

  /** @param waiting asked at most once at a time */
  constructor(registry: Registry, waiting: () => Promise<WaitingMails>) {
    const registers = [registry]
    this.#settled = new Counter({
      name: 'holdfast_mails_total',
      help: 'Mails and text messages that were sent, or came to nothing',
      labelNames: ['outcome', 'kind'],
      registers,
    })
    const gauge = (name: string, help: string) =>
      new Gauge({ name, help, aggregator: 'max', registers })
    const count = gauge('holdfast_mails_waiting', 'Mails that wait in the outbox of the cluster')
    const age = gauge(
      'holdfast_mails_oldest_waiting_seconds',
      'How long the oldest mail has waited in the outbox of the cluster',
    )
    this.#look = async () => {
      const found = await waiting()
      count.set(found.count)
      age.set(found.oldestMs / 1000)
    }
  }

  /** Counts what waits anew. While the database is away what was known last stands; other metrics tell of that. */
  countWaiting(): void {
    this.#looking ??= this.#look()
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined
      })
  }

  /** @param isSent false where it was refused for good, or its deadline is over */
  settled({ content }: WaitingMail, isSent: boolean): void {
    if (content.kind === 'none') return
    this.#settled.inc({ outcome: isSent ? 'sent' : 'failed', kind: content.kind })
  }
}
