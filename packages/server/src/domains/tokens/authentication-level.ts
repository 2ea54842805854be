import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'

/** A level that is asked for by its number. */
const levelNumber = /^(0|[1-9]\d{0,3})$/

type Notes = Readonly<Record<string, string>>

/** Client-session note with the level that this login reached (a number). */
export const levelNote = 'level-of-authentication'
/** Client-session note that says the SSO cookie answered, without a step of authentication. */
export const ssoNote = 'SSO_AUTH'

/** @returns the levels of an `acr.loa.map` attribute; none when it is empty or no JSON object */
function parseLevels(text: string | undefined): ReadonlyMap<string, number> {
  if (!text || text === '{}') return new Map()
  try {
    const levels = JSON.parse(text) as Record<string, unknown>
    return new Map(Object.entries(levels).map(([name, level]) => [name, Number(level)]))
  } catch {
    return new Map()
  }
}

/** Levels by `acr` name: the client's own map, else the realm's. */
export function acrLevels(realm: Realm, client: Client): ReadonlyMap<string, number> {
  const own = parseLevels(client.representation.attributes?.['acr.loa.map'])
  return own.size > 0 ? own : parseLevels(realm.settings.attributes['acr.loa.map'])
}

/** @returns the name with the highest level that `level` reaches, among those wanted */
function acrForLevel(
  level: number,
  levels: ReadonlyMap<string, number>,
  wanted: Iterable<string>,
): string | null {
  let best: string | null = null
  let bestLevel = 0
  for (const name of wanted) {
    const mapped = levels.get(name) ?? (levelNumber.test(name) ? Number(name) : undefined)
    // Whoever asks chooses among the names; a name that nobody defined never becomes a claim.
    if (mapped === undefined) continue
    if (mapped > bestLevel && level >= mapped) {
      best = name
      bestLevel = mapped
    }
  }
  return levels.size > 0 ? best : null
}

/** Values of `claims.id_token.acr` that were requested (OpenID Connect Core §5.5.1.1). */
function requestedAcr(claims: string | undefined): string[] {
  if (!claims) return []
  try {
    const wish = (
      JSON.parse(claims) as { id_token?: { acr?: { value?: unknown; values?: unknown } } } | null
    )?.id_token?.acr
    const values = Array.isArray(wish?.values) ? wish.values : [wish?.value]
    return values.filter((value) => typeof value === 'string')
  } catch {
    return []
  }
}

/** @returns the `acr` of a login: a name of the realm's or client's map, or the level as text */
export function acrOf(levels: ReadonlyMap<string, number>, client: Client, notes: Notes): string {
  const stated = Number(notes[levelNote] ?? Number.NaN)
  const level = stated >= 0 ? stated : notes[ssoNote] === 'true' ? 0 : 1
  const asked = [...requestedAcr(notes['claims']), ...(notes['acr_values']?.split(' ') ?? [])]
  const byDefault = client.representation.attributes?.['default.acr.values']?.split('##') ?? []
  return (
    acrForLevel(level, levels, asked) ??
    acrForLevel(level, levels, byDefault) ??
    acrForLevel(level, levels, levels.keys()) ??
    String(level)
  )
}

/** @returns the names of the realm's `acr` map, for discovery */
export function acrLevelNames(realm: Realm): string[] {
  return [...parseLevels(realm.settings.attributes['acr.loa.map']).keys()]
}
