import type { LoginPage, PageNote } from '../../engine/login-page.ts'
import type { StepContext, StepResult } from '../../engine/step.ts'
import { hasUsed } from '../password-check.ts'
import { type AssertionDeps, checkAssertion } from './check-assertion.ts'
import { policyIn, requestOf, type WebauthnRequest } from './webauthn-request.ts'
import { noteRememberMe } from './webauthn-step.ts'

const type = 'webauthn-passwordless'

/** What forms that ask for a name or a password may offer beside: a page with it lets the browser offer passkeys. */
export interface PasskeyOffer {
  readonly passkeys?: WebauthnRequest
}

/**
 * @returns the offer; without one where the realm has none, or a known user no passkey. Names that nobody has are treated
 *   like users without one, so that the page does not tell who has an account.
 */
export async function passkeyOffer(
  { credentials }: Pick<AssertionDeps, 'credentials'>,
  context: StepContext,
): Promise<PasskeyOffer> {
  const { user, credentialTypes, state } = context
  const policy = policyIn(context, type)
  if (!policy.passkeysEnabled) return {}
  if (user === null) {
    return state.attemptedUsername === null
      ? { passkeys: requestOf(context, type, policy, []) }
      : {}
  }
  if (!(await credentialTypes.of(user)).includes(type)) return {}
  const keys = await credentials.webauthn.ofUser(user.id, type)
  return { passkeys: requestOf(context, type, policy, keys) }
}

/** Whether the realm offers passkeys on forms. */
export function offersPasskeys(context: Pick<StepContext, 'realm' | 'serverUrl'>): boolean {
  return policyIn(context, type).passkeysEnabled
}

/** Whether a passkey has signed the user in already: then nobody asks for the password too. */
export function signedInByPasskey(context: StepContext): boolean {
  return hasUsed(context, type) && offersPasskeys(context)
}

/**
 * The passkey's part of a form's answer.
 * @param page the form again, with what was wrong
 * @returns undefined where the form was not posted by the passkey's script
 */
export async function passkeyResult(
  deps: AssertionDeps,
  context: StepContext,
  page: (message: PageNote & { readonly kind: 'error' }) => Promise<LoginPage>,
): Promise<StepResult | undefined> {
  const { form } = context
  if (!form.has('authenticatorData') && !form.has('error')) return undefined
  if (!offersPasskeys(context)) return undefined
  if (!form.has('userHandle')) return { kind: 'attempted' }
  noteRememberMe(context)
  const outcome = await checkAssertion(deps, context, type)
  if (outcome.kind === 'valid') return { kind: 'success' }
  const { error, details, message } = outcome
  const shown = await page({ kind: 'error', key: message, params: [''] })
  return { kind: 'failure', error, details, page: shown }
}
