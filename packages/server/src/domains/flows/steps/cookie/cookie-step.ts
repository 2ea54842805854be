import { type Clock, epochSeconds } from '../../../../shared/clock.ts'
import { passwordPolicyOf } from '../../../credentials/password/password-policy.ts'
import { noLoa } from '../../engine/client-request.ts'
import { keepLoa, levelStillHeld, loaMapOf } from '../../engine/loa.ts'
import type { SignedIn, Step, StepContext } from '../../engine/step.ts'
import { loginNotes } from '../../login-state/login-state.ts'

/** Seconds for which a login lets a client start an action (`kc_action`) without another login. */
const actionMaxAuthAgeSecondsDefault = 300

/** Uses the SSO session of the browser's cookie, unless the request wants the user to sign in again or at a higher level. */
export function cookieStep(deps: { readonly clock: Clock }): Step {
  return {
    id: 'auth-cookie',
    requiresUser: false,
    proves: true,
    async configuredFor() {
      return true
    },
    async authenticate(context) {
      const { signedIn, state } = context
      if (signedIn === null) return { kind: 'attempted' }
      const now = epochSeconds(deps.clock)
      context.setUser(signedIn.user)
      state.sessionId = signedIn.session.id
      const map = signedIn.session.notes[loginNotes.loaMap]
      context.setNote(loginNotes.loaMap, map ?? null)
      if (mustReauthenticate(context, signedIn, now)) {
        context.setNote(loginNotes.forcedReauthentication, 'true')
        context.setMessage({ kind: 'info', key: 'reauthenticate' })
        return { kind: 'attempted' }
      }
      const held = levelStillHeld(loaMapOf(map), context.flow, now)
      if (held !== noLoa) {
        keepLoa(state, held)
        state.proved = true
      }
      if (context.request.requestedLoa > held) return { kind: 'attempted' }
      state.proved = true
      context.setNote(loginNotes.ssoAuth, 'true')
      return { kind: 'success' }
    },
    async action() {
      return { kind: 'attempted' }
    },
  }
}

function mustReauthenticate(context: StepContext, { session }: SignedIn, now: number): boolean {
  const { request } = context
  if (request.prompt.includes('login')) return true
  const authTime = Number(session.notes['AUTH_TIME'] ?? Math.floor(session.startedAt / 1000))
  const maxAges = [request.maxAge, maxAuthAgeOfAction(context)]
  return maxAges.some((maxAge) => maxAge !== null && authTime + maxAge < now)
}

function maxAuthAgeOfAction({ realm, request }: StepContext): number | null {
  const alias = request.kcAction?.split(':')[0]
  const action = realm.settings.requiredActions.find((one) => one.alias === alias && one.enabled)
  if (action === undefined) return null
  const configured = Number.parseInt(action.config?.['max_auth_age'] ?? '', 10)
  if (!Number.isNaN(configured)) return configured
  if (alias === 'delete_account') return 0
  if (alias === 'UPDATE_PASSWORD') {
    return passwordPolicyOf(realm).maxAuthAgeSeconds ?? actionMaxAuthAgeSecondsDefault
  }
  return actionMaxAuthAgeSecondsDefault
}
