import type { Credentials } from '../../../credentials/credentials.ts'
import type { Users } from '../../../users/users.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { checkPassword } from '../password-check.ts'
import { type BasicCredentials, basicChallenge, basicCredentials } from './basic-credentials.ts'

export interface HttpBasicDeps {
  readonly users: Pick<Users, 'byLogin'>
  readonly credentials: Credentials
}

const headerName = 'authorization'

/**
 * Name and password of the request's `Authorization` header, for callers without pages. As in Keycloak, who sends none is
 * left to other steps; what is wrong is answered with 401. Unlike there, a name that nobody has is answered as a wrong
 * password is.
 */
export function httpBasicStep(deps: HttpBasicDeps): Step {
  return {
    id: 'http-basic-authenticator',
    requiresUser: false,
    proves: true,
    async configuredFor() {
      return true
    },
    async authenticate(context) {
      const given = basicCredentials(authorizationOf(context))
      return given === null ? { kind: 'attempted' } : check(deps, context, given)
    },
    async action() {
      return { kind: 'attempted' }
    },
  }
}

async function check(
  { users, credentials }: HttpBasicDeps,
  context: StepContext,
  { username, password }: BasicCredentials,
): Promise<StepResult> {
  const { realm, state } = context
  context.addDetails({ username })
  const found = context.user ?? (await users.byLogin(realm, username))
  const isOther = context.user !== null && (await users.byLogin(realm, username))?.id !== found?.id
  const user = isOther ? null : found
  const outcome = await checkPassword(credentials, context, user, password)
  if (outcome === 'valid' && user !== null) {
    state.attemptedUsername = username
    context.setUser(user)
    return { kind: 'success' }
  }
  return {
    kind: 'abort',
    error: outcome === 'user_not_found' ? 'invalid_user_credentials' : outcome,
    message: { key: 'invalidUserMessage' },
    status: 401,
    authenticate: basicChallenge(realm.name),
  }
}

function authorizationOf({ headers }: StepContext): string | undefined {
  const line = headers.find((one) => one.toLowerCase().startsWith(`${headerName}:`))
  return line?.slice(headerName.length + 1).trim()
}
