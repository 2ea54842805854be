import { z } from 'zod'
import { organizationNote } from '../../organizations/organization.ts'
import type { RealmId } from '../../typed-ids.ts'
import { flowPurposes } from '../flow-purpose.ts'
import { type LoginState, loginNotes } from './login-state.ts'
import type { SealedKind } from './sealed-kind.ts'

const request = z.strictObject({
  protocol: z.string(),
  redirectUri: z.string(),
  prompt: z.array(z.string()).readonly(),
  maxAge: z.number().nullable(),
  loginHint: z.string().nullable(),
  uiLocales: z.string().nullable(),
  requestedLoa: z.number(),
  loaForced: z.boolean(),
  kcAction: z.string().nullable(),
  scope: z.string(),
  parameters: z.record(z.string(), z.string()),
})

/** What steps note of a visitor who has proved nothing; a login with any other note is kept in a row. */
const visitorNotes = [
  loginNotes.rememberMe,
  loginNotes.locale,
  loginNotes.webauthnChallenge,
  loginNotes.chosenMethod,
  loginNotes.loaMap,
  loginNotes.forcedReauthentication,
  // Takes away, and never gives: "Forgot password?" by a link ends with a page.
  loginNotes.endsWithoutSession,
  organizationNote,
] as const

const visit = z.strictObject({
  id: z.string(),
  tabId: z.string(),
  clientUuid: z.string(),
  expiresAt: z.number(),
  request,
  purpose: z.enum(flowPurposes),
  executions: z.record(
    z.string(),
    z.enum(['success', 'attempted', 'challenged', 'setup', 'failed']),
  ),
  conditions: z.record(z.string(), z.boolean()),
  userId: z.string().nullable(),
  attemptedUsername: z.string().nullable(),
  sessionId: z.string().nullable(),
  requiredActions: z.array(z.string()),
  notes: z.partialRecord(z.enum(visitorNotes), z.string()),
})

/** A login of somebody who has proved nothing: no member can say that they have. */
export type SealedVisit = z.infer<typeof visit>
export const sealedVisit: SealedKind<SealedVisit> = { name: 'login-visit', content: visit }

/** @returns what is sealed of the state; null for one that says more than a visit may */
export function visitOf(state: LoginState): SealedVisit | null {
  const { proved, authenticated, realmId: _realm, ver, notes, ...rest } = state
  if (proved || authenticated || ver !== 0) return null
  const names: readonly string[] = visitorNotes
  return Object.keys(notes).every((name) => names.includes(name)) ? { ...rest, notes } : null
}

/** @returns the state that a visit was sealed from */
export function stateOf(visited: SealedVisit, realmId: RealmId): LoginState {
  const { notes, ...rest } = visited
  return {
    ...rest,
    notes: { ...notes },
    realmId,
    proved: false,
    authenticated: false,
    ver: 0,
  }
}

const row = z.strictObject({ id: z.string(), tabId: z.string(), ver: z.int().positive() })

/** Names the row, and its version, that a page was made from. */
export const sealedRow: SealedKind<z.infer<typeof row>> = { name: 'login-row', content: row }

const restart = z.strictObject({
  clientUuid: z.string(),
  tabId: z.string(),
  request,
  /** When the time for the login is over. */
  loginExpiresAt: z.number(),
  /** When it cannot be started over any more. */
  expiresAt: z.number(),
})

/** What the restart cookie brings back: who asked for what, in which tab. Times are milliseconds since the epoch. */
export type RestartState = z.infer<typeof restart>
export const sealedRestart: SealedKind<RestartState> = { name: 'restart', content: restart }

const detached = z.strictObject({
  status: z.number(),
  message: z.strictObject({
    key: z.string(),
    params: z.array(z.string()).readonly().exactOptional(),
  }),
})

/** A page that belongs to no tab, as a cookie keeps it; its status is 200 for a notice. */
export type DetachedPage = z.infer<typeof detached>
export const sealedDetachedPage: SealedKind<DetachedPage> = { name: 'detached', content: detached }
