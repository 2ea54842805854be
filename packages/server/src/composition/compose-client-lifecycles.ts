import {
  ClientLifecycle,
  type ClientLifecycleDeps,
} from '../domains/client-lifecycle/client-lifecycle.ts'
import { ClientScopeLifecycle } from '../domains/client-lifecycle/client-scope-lifecycle.ts'
import type { Realms } from '../domains/realms/realms.ts'

/** How clients and client scopes come, change and go. */
export interface ClientLifecycles {
  readonly clientLifecycle: ClientLifecycle
  readonly clientScopeLifecycle: ClientScopeLifecycle
}

export function composeClientLifecycles(
  deps: ClientLifecycleDeps & { readonly realms: Realms },
): ClientLifecycles {
  return {
    clientLifecycle: new ClientLifecycle(deps),
    clientScopeLifecycle: new ClientScopeLifecycle(deps),
  }
}
