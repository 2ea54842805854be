import type { Patterns } from '../../../../patterns/patterns.ts'
import { attributeValues } from '../../../users/attribute-values.ts'
import type { User } from '../../../users/user.ts'
import type { Users } from '../../../users/users.ts'
import type { Step, StepContext } from '../../engine/step.ts'

export interface ConditionalOtpDeps {
  readonly otp: Step
  readonly users: Pick<Users, 'memberships'>
  readonly patterns: Pick<Patterns, 'verdict'>
}

/**
 * `auth-conditional-otp-form`: asks for a code unless the user, a role or a header of the request says that none is needed.
 * The first of them that says anything decides, in Keycloak's order; when none does, `defaultOtpOutcome`, which asks.
 */
export function conditionalOtpStep(deps: ConditionalOtpDeps): Step {
  const { otp } = deps
  return {
    ...otp,
    id: 'auth-conditional-otp-form',
    // Where no code is asked for its success proves nothing; a code that was right is noted by the check of it.
    proves: false,
    async configuredFor(context, user) {
      if (user !== null && !(await isAsked(deps, context, user))) return true
      return otp.configuredFor(context, user)
    },
    async authenticate(context) {
      const { user } = context
      if (user !== null && !(await isAsked(deps, context, user))) return { kind: 'success' }
      return otp.authenticate(context)
    },
  }
}

async function isAsked(
  deps: ConditionalOtpDeps,
  context: StepContext,
  user: User,
): Promise<boolean> {
  const { config } = context.execution
  const [byAttribute] = attributeValues(user.attributes, config['otpControlAttribute'] ?? '')
  if (byAttribute === 'skip' || byAttribute === 'force') return byAttribute === 'force'
  const byRole = await roleVote(deps, context, user)
  if (byRole !== undefined) return byRole
  // Where nobody knows whether a header is as the pattern says, a code is asked for.
  if ((await hasHeader(deps, context, config['noOtpRequiredForHeaderPattern'])) === true)
    return false
  if ((await hasHeader(deps, context, config['forceOtpForHeaderPattern'])) !== false) return true
  return config['defaultOtpOutcome'] !== 'skip'
}

async function roleVote(
  { users }: ConditionalOtpDeps,
  { execution: { config } }: StepContext,
  user: User,
): Promise<boolean | undefined> {
  const { skipOtpRole, forceOtpRole } = config
  if (!skipOtpRole && !forceOtpRole) return undefined
  const { roles } = await users.memberships(user)
  const has = (wanted: string | undefined) =>
    roles.some(
      ({ name, clientId }) => (clientId === null ? name : `${clientId}.${name}`) === wanted,
    )
  if (has(skipOtpRole)) return false
  return has(forceOtpRole) ? true : undefined
}

/** @returns whether a line `Name: value` of the request's head is as the pattern says; undefined where nobody knows */
async function hasHeader(
  { patterns }: ConditionalOtpDeps,
  { realm, headers }: StepContext,
  pattern: string | undefined,
): Promise<boolean | undefined> {
  if (!pattern) return false
  let verdict: boolean | undefined = false
  const place = { realm: realm.name, setting: 'auth-conditional-otp-form' }
  // As Keycloak: in any case, since the names of headers have none.
  for (const line of headers) {
    const found = await patterns.verdict(`(?is)${pattern}`, line, place)
    if (found === true) return true
    if (found === undefined) verdict = undefined
  }
  return verdict
}
