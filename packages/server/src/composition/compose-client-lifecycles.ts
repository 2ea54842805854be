import type { Logger } from 'pino'
import {
  ClientLifecycle,
  type ClientLifecycleDeps,
} from '../domains/client-lifecycle/client-lifecycle.ts'
import { ClientScopeLifecycle } from '../domains/client-lifecycle/client-scope-lifecycle.ts'
import type { Realms } from '../domains/realms/realms.ts'
import type { Roles } from '../domains/roles/roles.ts'
import type { OutgoingRules } from '../http/outgoing-requests.ts'
import type { Patterns } from '../patterns/patterns.ts'
import { composePolicyEnforcement, type PolicyDomains } from './compose-policy-enforcement.ts'

/** How clients and client scopes come, change and go, and what client policies make of that. */
export interface ClientLifecycles extends PolicyDomains {
  readonly clientLifecycle: ClientLifecycle
  readonly clientScopeLifecycle: ClientScopeLifecycle
}

export function composeClientLifecycles(
  deps: ClientLifecycleDeps & {
    readonly realms: Realms
    readonly roles: Roles
    readonly patterns: Patterns
    readonly outgoing: OutgoingRules
    readonly log: Pick<Logger, 'warn'>
  },
): ClientLifecycles {
  const clientLifecycle = new ClientLifecycle(deps)
  return {
    ...composePolicyEnforcement({ ...deps, clientLifecycle }),
    clientLifecycle,
    clientScopeLifecycle: new ClientScopeLifecycle(deps),
  }
}
