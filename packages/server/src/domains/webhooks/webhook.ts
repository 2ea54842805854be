import {
  eventListenerType,
  webhookProviderId,
  webhookSettings,
  webhooksOfRealmMax,
} from '../components/webhook-settings.ts'
import { typesKeptByDefault } from '../events/event-types.ts'
import type { Realm } from '../realms/realm.ts'

/** Whom a realm tells of its events. */
export interface Webhook {
  /** Of its component. */
  readonly id: string
  readonly url: string
  /** `whsec_…` or a reference to the vault; the first signs, a second one is being replaced. */
  readonly secrets: readonly string[]
  /** @param type `access.LOGIN`, `admin.USER-CREATE`, … */
  wants(type: string): boolean
}

const none: readonly Webhook[] = []
const keptByDefault: ReadonlySet<string> = new Set(
  typesKeptByDefault.map((type) => `access.${type}`),
)
const known = new WeakMap<Realm['components'], readonly Webhook[]>()

/** @returns the webhooks of a realm that names the listener `webhook`; none of any other */
export function webhooksOf(realm: Realm): readonly Webhook[] {
  if (!realm.settings.eventsListeners.includes(webhookProviderId)) return none
  const before = known.get(realm.components)
  if (before !== undefined) return before
  const webhooks = realm.components
    .filter(
      ({ providerType, providerId }) =>
        providerType === eventListenerType && providerId === webhookProviderId,
    )
    .slice(0, webhooksOfRealmMax)
    .flatMap(({ id, config }) => {
      const settings = webhookSettings(config)
      if (settings === null) return []
      const { url, secrets, types } = settings
      return [{ id, url, secrets, wants: wish(types) }]
    })
  known.set(realm.components, webhooks)
  return webhooks
}

/** Without a wish: every change by administrators, and what Keycloak keeps of logins by default. */
function wish(types: readonly string[]): (type: string) => boolean {
  if (types.length === 0) return (type) => type.startsWith('admin.') || keptByDefault.has(type)
  const exact = new Set(types)
  const beginnings = types.filter((type) => type.endsWith('*')).map((type) => type.slice(0, -1))
  return (type) => exact.has(type) || beginnings.some((beginning) => type.startsWith(beginning))
}
