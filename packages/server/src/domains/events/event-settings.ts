/** What a realm wants done with its events: the members of its representation, by the same names. */
export interface EventSettings {
  readonly eventsEnabled: boolean
  /** Seconds that login events are kept; absent or 0 = for ever. */
  readonly eventsExpiration?: number | undefined
  /** Empty = Keycloak's own choice of types. */
  readonly enabledEventTypes: readonly string[]
  /** `jboss-logging` writes log lines. */
  readonly eventsListeners: readonly string[]
  readonly adminEventsEnabled: boolean
  readonly adminEventsDetailsEnabled: boolean
  /** Realm attribute `adminEventsExpiration`, seconds. */
  readonly adminEventsExpiration?: number | undefined
}
