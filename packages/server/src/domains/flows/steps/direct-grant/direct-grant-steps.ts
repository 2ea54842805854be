import type { Credentials } from '../../../credentials/credentials.ts'
import type { User } from '../../../users/user.ts'
import type { Users } from '../../../users/users.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { checkPassword, guessError, markUsed } from '../password-check.ts'

export interface DirectGrantStepsDeps {
  readonly users: Pick<Users, 'byLogin'>
  readonly credentials: Credentials
}

/** No form can be shown in a grant: what is wrong ends it. */
const refused = (error: string): StepResult => ({
  kind: 'abort',
  error,
  message: { key: 'invalidUserMessage' },
})

/** `direct-grant-validate-username`, `-password` and `-otp`: the parameters of the password grant (RFC 6749 §4.3); Docker's step. */
export function directGrantSteps({ users, credentials }: DirectGrantStepsDeps): Step[] {
  const configuredFor = async () => true
  const named = async (context: StepContext): Promise<User | string> => {
    const name = context.form.get('username')?.trim() ?? ''
    if (name === '') return 'missing_username'
    context.state.attemptedUsername = name
    const user = await users.byLogin(context.realm, name)
    if (user === null || user.serviceAccountClientUuid !== null) {
      await checkPassword(credentials, context, null, context.form.get('password') ?? '')
      return 'user_not_found'
    }
    context.setUser(user)
    return user
  }
  const passwordOf = async (context: StepContext, user: User | null): Promise<StepResult> => {
    const outcome = await checkPassword(
      credentials,
      context,
      user,
      context.form.get('password') ?? '',
    )
    return outcome === 'valid' ? { kind: 'success' } : refused(outcome)
  }
  const action = async () => refused('invalid_user_credentials')
  const username: Step = {
    id: 'direct-grant-validate-username',
    requiresUser: false,
    proves: false,
    configuredFor,
    async authenticate(context) {
      const user = await named(context)
      return typeof user === 'string' ? refused(user) : { kind: 'success' }
    },
    action,
  }
  const password: Step = {
    id: 'direct-grant-validate-password',
    requiresUser: true,
    proves: true,
    credentialType: 'password',
    configuredFor,
    authenticate: (context) => passwordOf(context, context.user),
    action,
  }
  // Name and password of a Docker client, both in one step.
  const docker: Step = {
    id: 'docker-http-basic-authenticator',
    requiresUser: false,
    proves: true,
    credentialType: 'password',
    configuredFor,
    async authenticate(context) {
      const user = await named(context)
      return typeof user === 'string' ? refused(user) : await passwordOf(context, user)
    },
    action,
  }
  return [username, password, otpStep(credentials), docker]
}

function otpStep(credentials: Credentials): Step {
  return {
    id: 'direct-grant-validate-otp',
    requiresUser: true,
    proves: true,
    credentialType: 'otp',
    async configuredFor({ credentialTypes }, user) {
      return user !== null && (await credentialTypes.of(user)).includes('otp')
    },
    authenticate: (context) => checkCode(credentials, context),
    action: async () => refused('invalid_user_credentials'),
  }
}

async function checkCode(credentials: Credentials, context: StepContext): Promise<StepResult> {
  const { realm, form, user } = context
  if (user === null) return refused('user_not_found')
  const code = form.get('otp') ?? form.get('totp') ?? ''
  const outcome = await credentials.verifyOtp(realm, user, code, { from: context.ipAddress })
  if (outcome !== 'right') return refused(guessError(outcome))
  markUsed(context, 'otp')
  return { kind: 'success' }
}
