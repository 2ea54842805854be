import type { Logger } from 'pino'
import type { ClientLifecycle } from '../domains/client-lifecycle/client-lifecycle.ts'
import { ClientChanges } from '../domains/policy-enforcement/client-changes.ts'
import { PolicyEnforcement } from '../domains/policy-enforcement/policy-enforcement.ts'
import type { Roles } from '../domains/roles/roles.ts'
import type { Users } from '../domains/users/users.ts'
import { OutgoingRequests, type OutgoingRules } from '../http/outgoing-requests.ts'
import type { Patterns } from '../patterns/patterns.ts'
import type { Clock } from '../shared/clock.ts'

/** Client policies at work. */
export interface PolicyDomains {
  readonly policyEnforcement: PolicyEnforcement
  readonly clientChanges: ClientChanges
}

export function composePolicyEnforcement(deps: {
  readonly roles: Roles
  readonly users: Users
  readonly clientLifecycle: ClientLifecycle
  readonly patterns: Patterns
  readonly clock: Clock
  readonly outgoing: OutgoingRules
  readonly log: Pick<Logger, 'warn'>
}): PolicyDomains {
  const requests = new OutgoingRequests(deps.outgoing)
  const policyEnforcement = new PolicyEnforcement({
    ...deps,
    postJson: async (url, body) => JSON.parse(await requests.askJson(url, body)) as unknown,
    matches: async (source, text, realm) =>
      await deps.patterns.matches(source, text, { realm, setting: 'a client policy' }),
  })
  return { policyEnforcement, clientChanges: new ClientChanges({ ...deps, policyEnforcement }) }
}
