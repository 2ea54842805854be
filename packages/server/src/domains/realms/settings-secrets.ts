import type { RealmSecrets } from './realm-secrets.ts'
import type { SealedPlace } from './secret-members.ts'

type Settings = Readonly<Record<string, unknown>>
/** Gets a map that may hold secrets, and where it stood before the change. */
type MapWork = (place: SealedPlace, members: Settings, before: unknown) => Settings

function isMap(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Visits every map of the settings that may hold secrets. */
function mapped<S extends Settings>(settings: S, stored: Settings, work: MapWork): S {
  const next: Record<string, unknown> = { ...settings }
  if (isMap(settings['smtpServer'])) {
    next['smtpServer'] = work('smtpServer', settings['smtpServer'], stored['smtpServer'])
  }
  const configs = settings['authenticatorConfig']
  if (Array.isArray(configs)) {
    const before = new Map(listOf(stored['authenticatorConfig']).map((one) => [one['id'], one]))
    next['authenticatorConfig'] = configs.map((one: unknown) => {
      if (!isMap(one) || !isMap(one['config'])) return one
      const worked = work('authenticator', one['config'], before.get(one['id'])?.['config'])
      return { ...one, config: worked }
    })
  }
  return next as S
}

function listOf(value: unknown): Settings[] {
  return Array.isArray(value) ? value.filter(isMap) : []
}

/** @param stored settings as the row holds them: what of them cannot be opened stays */
export function sealedSettings<S extends Settings>(
  secrets: RealmSecrets,
  settings: S,
  stored: Settings = {},
): S {
  return mapped(settings, stored, (place, members, before) =>
    secrets.sealMap(place, members, before),
  )
}

export function openedSettings<S extends Settings>(secrets: RealmSecrets, settings: S): S {
  return mapped(settings, {}, (place, members) => secrets.openMap(place, members))
}

/** @returns the settings with all secrets under the current key; null when they are already */
export function resealedSettings<S extends Settings>(secrets: RealmSecrets, settings: S): S | null {
  let changed = false
  const resealed = mapped(settings, {}, (place, members) => {
    const next = secrets.resealMap(place, members)
    changed ||= next !== null
    return next ?? members
  })
  return changed ? resealed : null
}
