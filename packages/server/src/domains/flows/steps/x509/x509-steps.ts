import { type X509Config, x509ConfigOf } from '../../../credentials/x509/x509-config.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { markUsed } from '../password-check.ts'
import {
  type CertificateOutcome,
  type CertificateUserDeps,
  certificateUser,
} from './certificate-user.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    /** Whose certificate it is, before the login goes on with it. */
    readonly 'x509-confirm': { readonly subject: string; readonly username: string }
  }
}

/** Keycloak's name of what has proved the user. */
const proof = 'cert'

/** `auth-x509-client-username-form`: the certificate of the browser, where it shows one. */
export function x509FormStep(deps: CertificateUserDeps): Step {
  return {
    id: 'auth-x509-client-username-form',
    requiresUser: false,
    proves: true,
    displayNameKey: 'auth-x509-client-username-form-display-name',
    helpTextKey: 'auth-x509-client-username-form-help-text',
    async configuredFor() {
      return true
    },
    async authenticate(context) {
      const config = configOf(context)
      if (config === null) return { kind: 'attempted' }
      const outcome = await certificateUser(deps, context, config)
      if (outcome.kind !== 'user') return missed(context, outcome)
      if (!config.confirmed) return proved(context, outcome)
      context.setUser(outcome.user)
      const { username } = outcome.user
      return {
        kind: 'challenge',
        page: { page: 'x509-confirm', subject: outcome.subject, username },
      }
    },
    async action(context) {
      context.setUser(null)
      const config = configOf(context)
      if (context.form.has('cancel') || config === null) {
        context.state.attemptedUsername = null
        return { kind: 'attempted' }
      }
      // Asked again: what the page was made from has come by way of the browser.
      const outcome = await certificateUser(deps, context, config)
      return outcome.kind === 'user' ? proved(context, outcome) : missed(context, outcome)
    },
  }
}

/** `direct-grant-auth-x509-username`: the certificate of who sends the token request. */
export function x509DirectGrantStep(deps: CertificateUserDeps): Step {
  const authenticate = async (context: StepContext): Promise<StepResult> => {
    const config = configOf(context)
    if (config === null) return refused('user_not_found', 'Configuration is missing.')
    const outcome = await certificateUser(deps, context, config)
    switch (outcome.kind) {
      case 'user':
        return proved(context, outcome)
      case 'none':
        return refused('user_not_found', 'X509 client certificate is missing.')
      case 'refused':
        return refused('invalid_user_credentials', outcome.reason)
      case 'nobody':
        return { kind: 'abort', error: outcome.error, message: { key: 'invalidUserMessage' } }
    }
  }
  return {
    id: 'direct-grant-auth-x509-username',
    requiresUser: false,
    proves: true,
    async configuredFor() {
      return true
    },
    authenticate,
    action: authenticate,
  }
}

function configOf({ execution }: StepContext): X509Config | null {
  return Object.keys(execution.config).length === 0 ? null : x509ConfigOf(execution.config)
}

function proved(
  context: StepContext,
  { user }: Extract<CertificateOutcome, { kind: 'user' }>,
): StepResult {
  context.setUser(user)
  markUsed(context, proof)
  return { kind: 'success' }
}

/** The login goes on with whatever else there is; the event says why not with the certificate. */
function missed(
  context: StepContext,
  outcome: Exclude<CertificateOutcome, { kind: 'user' }>,
): StepResult {
  context.setUser(null)
  context.state.attemptedUsername = null
  if (outcome.kind === 'nobody') context.record('LOGIN_ERROR', {}, outcome.error)
  if (outcome.kind === 'refused') {
    context.record('LOGIN_ERROR', { reason: outcome.reason }, 'invalid_user_credentials')
  }
  return { kind: 'attempted' }
}

function refused(error: string, description: string): StepResult {
  return { kind: 'abort', error, message: { key: 'invalidUserMessage' }, description }
}
