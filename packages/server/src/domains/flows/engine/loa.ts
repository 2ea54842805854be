import { type LoginState, loginNotes } from '../login-state/login-state.ts'
import { noLoa } from './client-request.ts'
import type { FlowNode } from './flow-definition.ts'

/** Provider id of the condition that ties a sub-flow to a level. */
export const loaConditionId = 'conditional-level-of-authentication'

/** Seconds for which a level holds when its condition does not say (Keycloak's default: ten hours). */
const maxAgeSecondsDefault = 36_000

/** Level → seconds since the epoch at which it was reached. */
export type LoaMap = Readonly<Record<string, number>>

/** @returns the map of a session or login note; unreadable text counts as none */
export function loaMapOf(note: string | undefined): LoaMap {
  if (note === undefined) return {}
  try {
    const map: unknown = JSON.parse(note)
    return typeof map === 'object' && map !== null ? (map as LoaMap) : {}
  } catch {
    return {}
  }
}

/** @returns the level of this login so far; -1 = none */
export function currentLoa(state: LoginState): number {
  return Number(state.notes[loginNotes.loa] ?? noLoa)
}

/** Reaches a level now. */
export function reachLoa(state: LoginState, level: number, nowSeconds: number): void {
  const map = { ...loaMapOf(state.notes[loginNotes.loaMap]), [String(level)]: nowSeconds }
  state.notes[loginNotes.loaMap] = JSON.stringify(map)
  state.notes[loginNotes.loa] = String(level)
}

/** Goes on with a level that was reached before. */
export function keepLoa(state: LoginState, level: number): void {
  state.notes[loginNotes.loa] = String(level)
}

/** Levels that a flow's conditions name, lowest first, with the seconds for which each holds. */
export function levelsOf(flow: FlowNode): { level: number; maxAgeSeconds: number }[] {
  const levels = flow.children.flatMap((child) => {
    if (child.kind === 'flow') return levelsOf(child)
    if (child.authenticator !== loaConditionId) return []
    const level = Number(child.config['loa-condition-level'])
    const maxAge = Number(child.config['loa-max-age'] ?? maxAgeSecondsDefault)
    return [
      {
        level: Number.isInteger(level) ? level : 0,
        maxAgeSeconds: Number.isFinite(maxAge) ? maxAge : maxAgeSecondsDefault,
      },
    ]
  })
  return levels.sort((a, b) => a.level - b.level)
}

/**
 * @returns the highest level that an earlier login of the session reached and that still holds; levels above one that has
 *   run out do not count; -1 = none
 */
export function levelStillHeld(map: LoaMap, flow: FlowNode, nowSeconds: number): number {
  let held = noLoa
  for (const { level, maxAgeSeconds } of levelsOf(flow)) {
    const reachedAt = map[String(level)]
    if (!holds(reachedAt, maxAgeSeconds, nowSeconds)) break
    held = level
  }
  return held
}

/** @returns whether a level reached then still counts in a later login; one that lasts 0 seconds never does */
export function holds(
  reachedAt: number | undefined,
  maxAgeSeconds: number,
  nowSeconds: number,
): boolean {
  return reachedAt !== undefined && maxAgeSeconds > 0 && nowSeconds <= reachedAt + maxAgeSeconds
}
