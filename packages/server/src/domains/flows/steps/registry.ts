import type { Database } from '../../../database/database.ts'
import type { Patterns } from '../../../patterns/patterns.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { Mails } from '../../mails/mails.ts'
import type { SentCodes } from '../../mails/sent-codes.ts'
import type { SingleUseObjects } from '../../sessions/single-use-objects.ts'
import type { InvitedMembers } from '../../user-lifecycle/invited-members.ts'
import type { UserLifecycle } from '../../user-lifecycle/user-lifecycle.ts'
import type { PatternMatches } from '../../users/profile-validators.ts'
import type { Users } from '../../users/users.ts'
import { clientScope } from '../conditions/client-scope.ts'
import { credentialUsed } from '../conditions/credential-used.ts'
import { levelOfAuthentication } from '../conditions/level-of-authentication.ts'
import { subFlowExecuted } from '../conditions/sub-flow-executed.ts'
import { userAttribute } from '../conditions/user-attribute.ts'
import { userConfigured } from '../conditions/user-configured.ts'
import { userRole } from '../conditions/user-role.ts'
import type { Condition, Step } from '../engine/step.ts'
import { allowAccessStep, denyAccessStep } from './access/access-steps.ts'
import { conditionalOtpStep } from './conditional-otp/conditional-otp-step.ts'
import { cookieStep } from './cookie/cookie-step.ts'
import { directGrantSteps } from './direct-grant/direct-grant-steps.ts'
import { httpBasicStep } from './http-basic/http-basic-step.ts'
import { identityProviderRedirectorStep } from './identity-provider-redirector/identity-provider-redirector-step.ts'
import { organizationStep } from './organization/organization-step.ts'
import { otpFormStep } from './otp-form/otp-form-step.ts'
import { passwordFormStep } from './password-form/password-form-step.ts'
import { recoveryCodeFormStep } from './recovery-code-form/recovery-code-form-step.ts'
import type { CaptchaDeps } from './registration/captcha-actions.ts'
import { registrationFormStep } from './registration/registration-form-step.ts'
import { chooseUserStep } from './reset-credentials/choose-user-step.ts'
import { resetEmailStep } from './reset-credentials/reset-email-step.ts'
import { resetOtpStep } from './reset-credentials/reset-otp-step.ts'
import { resetPasswordStep } from './reset-credentials/reset-password-step.ts'
import { emailCode, magicLink, smsCode } from './sent-code/channels.ts'
import { sentCodeStep } from './sent-code/sent-code-step.ts'
import { type SessionLimitsDeps, sessionLimitsStep } from './session-limits/session-limits-step.ts'
import { usernameFormStep } from './username-form/username-form-step.ts'
import { usernamePasswordFormStep } from './username-password-form/username-password-form-step.ts'
import { webauthnPasswordlessStep, webauthnStep } from './webauthn/webauthn-step.ts'
import { x509DirectGrantStep, x509FormStep } from './x509/x509-steps.ts'

export interface StepsDeps extends CaptchaDeps, SessionLimitsDeps {
  readonly users: Pick<
    Users,
    'byId' | 'byLogin' | 'find' | 'byUsername' | 'byEmail' | 'change' | 'memberships'
  >
  readonly lifecycle: Pick<UserLifecycle, 'create'>
  readonly invitedMembers: Pick<InvitedMembers, 'joinIn'>
  readonly mails: Pick<Mails, 'askForStranger' | 'canSend'>
  readonly codes: SentCodes
  readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent'>
  readonly database: Database
  readonly credentials: Credentials
  readonly clock: Clock
  readonly matches: PatternMatches
  readonly patterns: Pick<Patterns, 'verdict'>
}

/** Every step by Keycloak's provider id. An id that is not here ends a login that reaches it (fail closed). */
export function stepsOf(deps: StepsDeps): ReadonlyMap<string, Step> {
  const otp = otpFormStep(deps)
  return byId([
    cookieStep(deps),
    identityProviderRedirectorStep,
    organizationStep(deps),
    usernamePasswordFormStep(deps),
    usernameFormStep(deps),
    passwordFormStep(deps),
    otp,
    conditionalOtpStep({ ...deps, otp }),
    recoveryCodeFormStep(deps),
    ...directGrantSteps(deps),
    httpBasicStep(deps),
    registrationFormStep(deps),
    chooseUserStep(deps),
    resetEmailStep(deps),
    resetPasswordStep,
    resetOtpStep(deps),
    sentCodeStep(deps, emailCode),
    sentCodeStep(deps, magicLink),
    sentCodeStep(deps, smsCode),
    allowAccessStep,
    denyAccessStep,
    webauthnStep(deps),
    webauthnPasswordlessStep(deps),
    x509FormStep(deps),
    x509DirectGrantStep(deps),
    sessionLimitsStep(deps),
  ])
}

/** Every condition by Keycloak's provider id. */
export function conditionsOf(deps: StepsDeps): ReadonlyMap<string, Condition> {
  return byId([
    userConfigured,
    userRole(deps),
    levelOfAuthentication(deps),
    credentialUsed,
    clientScope,
    subFlowExecuted,
    userAttribute(deps),
  ])
}

function byId<T extends { readonly id: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((one) => [one.id, one]))
}
