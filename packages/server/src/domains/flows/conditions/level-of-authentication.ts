import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { noLoa } from '../engine/client-request.ts'
import {
  currentLoa,
  holds,
  keepLoa,
  levelsOf,
  loaConditionId,
  loaMapOf,
  reachLoa,
} from '../engine/loa.ts'
import type { Condition, StepContext } from '../engine/step.ts'
import { loginNotes } from '../login-state/login-state.ts'

/** Matches while the level of its sub-flow is asked for and not reached; passing the sub-flow reaches it. */
export function levelOfAuthentication(deps: { readonly clock: Clock }): Condition {
  return {
    id: loaConditionId,
    async matches(context) {
      const level = levelOf(context)
      const current = currentLoa(context.state)
      const requested = context.request.requestedLoa
      // Nothing is asked for: the first level of the flow is enough.
      if (current === noLoa && requested === noLoa) return true
      if (current >= level || current >= requested) return false
      if (!heldFromBefore(context, level, epochSeconds(deps.clock))) return true
      keepLoa(context.state, level)
      return false
    },
    passed(context) {
      reachLoa(context.state, levelOf(context), epochSeconds(deps.clock))
    },
  }
}

function levelOf({ execution }: StepContext): number {
  const level = Number(execution.config['loa-condition-level'])
  return Number.isInteger(level) ? level : 0
}

function heldFromBefore(
  { state, flow, signedIn }: StepContext,
  level: number,
  now: number,
): boolean {
  if (signedIn === null || state.notes[loginNotes.forcedReauthentication] !== undefined)
    return false
  const reachedAt = loaMapOf(state.notes[loginNotes.loaMap])[String(level)]
  const maxAge = levelsOf(flow).find((one) => one.level === level)?.maxAgeSeconds ?? 0
  return holds(reachedAt, maxAge, now)
}
