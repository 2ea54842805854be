import type { Credentials } from '../../../credentials/credentials.ts'
import type { User } from '../../../users/user.ts'
import type { LoginPage, LoginPageNotes } from '../../engine/login-page.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { guessError, markUsed } from '../password-check.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly otp: {
      readonly devices: readonly { readonly credentialId: string; readonly label: string }[]
      readonly selectedCredentialId: string | undefined
    }
  }
}

/** Asks for the code of an authenticator app; users with several devices choose one. */
export function otpFormStep(deps: { readonly credentials: Credentials }): Step {
  const { credentials } = deps
  return {
    id: 'auth-otp-form',
    requiresUser: true,
    proves: true,
    credentialType: 'otp',
    setupAction: 'CONFIGURE_TOTP',
    displayNameKey: 'otp-display-name',
    helpTextKey: 'otp-help-text',
    async configuredFor({ credentialTypes }, user) {
      return user !== null && (await credentialTypes.of(user)).includes('otp')
    },
    async authenticate({ user }) {
      if (user === null) return { kind: 'attempted' }
      return { kind: 'challenge', page: await page(credentials, user, undefined) }
    },
    async action(context) {
      return context.user === null
        ? { kind: 'attempted' }
        : check(credentials, context, context.user)
    },
  }
}

async function check(
  credentials: Credentials,
  context: StepContext,
  user: User,
): Promise<StepResult> {
  const { realm, form } = context
  const selected = form.get('selectedCredentialId') || undefined
  const asked = (notes: LoginPageNotes) => page(credentials, user, selected, notes)
  const wrong: LoginPageNotes = { message: { kind: 'error', key: 'invalidTotpMessage' } }
  const code = form.get('otp')?.trim() ?? ''
  if (code === '') {
    // As Keycloak: an empty field is no attempt.
    return { kind: 'challenge', page: await asked({}) }
  }
  const from = { from: context.ipAddress, credentialId: selected }
  const outcome = await credentials.verifyOtp(realm, user, code, from)
  if (outcome === 'right') {
    markUsed(context, 'otp')
    return { kind: 'success' }
  }
  if (outcome === 'locked' && !user.enabled) {
    // As Keycloak, which tells those who are locked for good; a right code is told from no other.
    const message = { key: 'accountDisabledMessage' }
    return { kind: 'abort', error: guessError(outcome), message }
  }
  const again = await asked(wrong)
  const device = again.page === 'otp' ? again.selectedCredentialId : undefined
  const details = device === undefined ? {} : { selected_credential_id: device }
  return { kind: 'failure', error: guessError(outcome), page: again, details }
}

async function page(
  credentials: Credentials,
  user: User,
  selected: string | undefined,
  notes: LoginPageNotes = {},
): Promise<LoginPage> {
  const devices = await credentials.otp.devices(user.id)
  return {
    page: 'otp',
    devices: devices.map(({ id, userLabel }) => ({ credentialId: id, label: userLabel ?? '' })),
    selectedCredentialId: selected ?? devices[0]?.id,
    ...notes,
  }
}
