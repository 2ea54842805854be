import type { Registry } from 'prom-client'
import type { SettingValues } from '../config/setting-values.ts'
import type { Database } from '../database/database.ts'
import { EventCounter, type EventMetricsSettings } from '../domains/events/event-counter.ts'
import type { EventOutbox } from '../domains/events/event-outbox.ts'
import type { EventSettings } from '../domains/events/event-settings.ts'
import { Events } from '../domains/events/events.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { Realms } from '../domains/realms/realms.ts'
import type { Loggers } from '../log/loggers.ts'
import type { Clock } from '../shared/clock.ts'

export interface EventsSource {
  readonly database: Database
  readonly clock: Clock
  readonly loggers: Loggers
  readonly metrics: Registry
  readonly values: SettingValues
  /** Those that are on. */
  readonly features: ReadonlySet<string>
  readonly realms: Pick<Realms, 'byId' | 'knownById'>
  readonly outbox: EventOutbox
}

/** Builds the lowest domain; what it needs to know of realms is handed in, since it cannot import them. */
export function composeEvents(source: EventsSource): Events {
  const { database, clock, loggers, metrics, values, features, realms, outbox } = source
  return new Events({
    database,
    clock,
    outbox,
    log: loggers.of('org.keycloak.events'),
    counter: new EventCounter(metrics, metricsSettings(values, features)),
    settingsOf: async (realmId) => {
      const realm = await realms.byId(realmId)
      return realm === null ? null : eventSettings(realm)
    },
    keepsNoLogins: (realmId) => {
      const settings = realms.knownById(realmId)?.settings
      return settings?.eventsEnabled === false && !settings.eventsListeners.includes('email')
    },
  })
}

function metricsSettings(
  values: SettingValues,
  features: ReadonlySet<string>,
): EventMetricsSettings {
  return {
    enabled: features.has('USER_EVENT_METRICS') && values.flag('event-metrics-user-enabled'),
    tags: values.list('event-metrics-user-tags') as EventMetricsSettings['tags'],
    events: values.list('event-metrics-user-events'),
  }
}

function eventSettings({ settings }: Realm): EventSettings {
  const adminExpiration = Number(settings.attributes['adminEventsExpiration'] ?? 0)
  return {
    eventsEnabled: settings.eventsEnabled,
    eventsExpiration: settings.eventsExpiration,
    enabledEventTypes: settings.enabledEventTypes,
    eventsListeners: settings.eventsListeners,
    adminEventsEnabled: settings.adminEventsEnabled,
    adminEventsDetailsEnabled: settings.adminEventsDetailsEnabled,
    adminEventsExpiration: Number.isFinite(adminExpiration) ? adminExpiration : undefined,
  }
}
