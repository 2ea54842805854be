import type { WebauthnType } from '../../../credentials/webauthn/webauthn-policy.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { loginNotes } from '../../login-state/login-state.ts'
import { type AssertionDeps, checkAssertion } from './check-assertion.ts'
import {
  devicesOf,
  policyIn,
  requestOf,
  type WebauthnDevice,
  type WebauthnRequest,
} from './webauthn-request.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'webauthn-authenticate': {
      readonly request: WebauthnRequest
      /** Listed above the button; empty where keys are not shown. */
      readonly devices: readonly WebauthnDevice[]
    }
    /** What went wrong with a key, and the way to try again. */
    readonly 'webauthn-error': {
      /** Step or action that is tried again. */
      readonly execution: string
    }
  }
}

/** A key as second factor, of a user who is known. */
export function webauthnStep(deps: AssertionDeps): Step {
  return {
    ...stepOf(deps, 'webauthn'),
    id: 'webauthn-authenticator',
    requiresUser: true,
    setupAction: 'webauthn-register',
    action: (context) => check(deps, context, 'webauthn'),
  }
}

/** A passkey alone: it also says who somebody is, where no earlier step has. */
export function webauthnPasswordlessStep(deps: AssertionDeps): Step {
  return {
    ...stepOf(deps, 'webauthn-passwordless'),
    id: 'webauthn-authenticator-passwordless',
    requiresUser: false,
    setupAction: 'webauthn-register-passwordless',
    async action(context) {
      const { form } = context
      // Not the form of a key: somebody wants to go on without.
      if (!form.has('userHandle')) return { kind: 'attempted' }
      noteRememberMe(context)
      return check(deps, context, 'webauthn-passwordless')
    },
  }
}

/** The box of the form beside, which the script posts along. */
export function noteRememberMe({ realm, form, setNote }: StepContext): void {
  if (!form.has('rememberMe')) return
  const remember = realm.settings.rememberMe && form.get('rememberMe') === 'on'
  setNote(loginNotes.rememberMe, remember ? 'true' : null)
}

function stepOf(
  { credentials }: AssertionDeps,
  type: WebauthnType,
): Omit<Step, 'id' | 'requiresUser' | 'action'> {
  return {
    proves: true,
    credentialType: type,
    displayNameKey: `${type}-display-name`,
    helpTextKey: `${type}-help-text`,
    async configuredFor({ credentialTypes }, user) {
      return user !== null && (await credentialTypes.of(user)).includes(type)
    },
    async authenticate(context): Promise<StepResult> {
      const { user } = context
      const keys = user === null ? [] : await credentials.webauthn.ofUser(user.id, type)
      const request = requestOf(context, type, policyIn(context, type), keys)
      const devices = type === 'webauthn' ? devicesOf(credentials, keys) : []
      return { kind: 'challenge', page: { page: 'webauthn-authenticate', request, devices } }
    },
  }
}

async function check(
  deps: AssertionDeps,
  context: StepContext,
  type: WebauthnType,
): Promise<StepResult> {
  const outcome = await checkAssertion(deps, context, type)
  if (outcome.kind === 'valid') return { kind: 'success' }
  const { error, details, message } = outcome
  const page = {
    page: 'webauthn-error',
    execution: context.execution.id,
    message: { kind: 'error', key: message, params: [''] },
  } as const
  return { kind: 'failure', error, details, page }
}
