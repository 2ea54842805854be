import { Counter, type Registry } from 'prom-client'
import { typeWithoutError } from './event-types.ts'
import type { LoginEvent } from './login-event.ts'

/** Settings `event-metrics-user-*`. */
export interface EventMetricsSettings {
  readonly enabled: boolean
  /** Which of the labels that may have many values are filled in. */
  readonly tags: readonly ('realm' | 'idp' | 'clientId')[]
  /** Types in lower case without `_error`; empty = all. */
  readonly events: readonly string[]
}

/** Counts login events in `keycloak_user_events_total`. */
export class EventCounter {
  readonly #settings: EventMetricsSettings
  readonly #counter: Counter | null

  constructor(registry: Registry, settings: EventMetricsSettings) {
    this.#settings = settings
    this.#counter = settings.enabled
      ? new Counter({
          name: 'keycloak_user_events_total',
          help: 'Keycloak user events',
          labelNames: ['realm', 'client_id', 'idp', 'event', 'error'],
          registers: [registry],
        })
      : null
  }

  count(event: LoginEvent): void {
    if (this.#counter === null) return
    const { tags, events } = this.#settings
    const type = typeWithoutError(event.type).toLowerCase()
    if (events.length > 0 && !events.includes(type)) return
    this.#counter.inc({
      ...(tags.includes('realm') ? { realm: event.realmName } : {}),
      ...(tags.includes('clientId') ? { client_id: this.#clientId(event) } : {}),
      ...(tags.includes('idp') ? { idp: event.details?.['identity_provider'] ?? '' } : {}),
      event: type,
      error: event.error ?? '',
    })
  }

  /** A client that does not exist is not a label: anyone could make as many series as they like. */
  #clientId(event: LoginEvent): string {
    return event.error === 'client_not_found' ? 'unknown' : (event.clientId ?? '')
  }
}
