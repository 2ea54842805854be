import type { Clients } from '../clients/clients.ts'
import type { Groups } from '../groups/groups.ts'
import type { Realm } from '../realms/realm.ts'
import type { Roles } from '../roles/roles.ts'
import { type Expression, type ExpressionCall, holds } from './workflow-expression.ts'
import type { WaitingEvent, WorkflowResource } from './workflow-run.ts'

export interface WorkflowEventMatchingDeps {
  readonly roles: Pick<Roles, 'byIds'>
  readonly groups: Pick<Groups, 'withAncestors'>
  readonly clients: Pick<Clients, 'byClientId'>
}

/** What the events of workflows are about, and which expressions (`on`, `concurrency`) name them. */
export class WorkflowEventMatching {
  readonly #deps: WorkflowEventMatchingDeps

  constructor(deps: WorkflowEventMatchingDeps) {
    this.#deps = deps
  }

  /** @returns whom or what an event is about; null where that is gone */
  async resourceOf(realm: Realm, event: WaitingEvent): Promise<WorkflowResource | null> {
    if (event.userId !== null) return { type: 'USERS', userId: event.userId }
    if (event.client === null) return null
    if (event.event === 'client-created') return { type: 'CLIENTS', clientUuid: event.client }
    const client = await this.#deps.clients.byClientId(realm.id, event.client)
    return client && { type: 'CLIENTS', clientUuid: client.id }
  }

  /** @returns what says whether an expression names an event */
  matcher(realm: Realm, event: WaitingEvent): (expression: Expression) => Promise<boolean> {
    return (expression) => holds(expression, (call) => this.#names(realm, event, call))
  }

  async #names(realm: Realm, event: WaitingEvent, call: ExpressionCall): Promise<boolean> {
    if (call.name !== event.event) return false
    const { argument } = call
    if (argument === null) return true
    const { about } = event
    switch (event.event) {
      case 'user-role-granted':
      case 'user-role-revoked': {
        const roles = about === null ? [] : await this.#deps.roles.byIds(realm.id, [about])
        return roles.some(({ name }) => name === argument)
      }
      case 'user-group-membership-added':
      case 'user-group-membership-removed':
        return (await this.#pathOf(realm, about)) === `/${argument.replace(/^\//, '')}`
      case 'user-federated-identity-added':
      case 'user-federated-identity-removed':
      case 'user-authenticated':
        return about === argument
      default:
        // Others take no notice of what stands in the brackets, as in Keycloak.
        return true
    }
  }

  async #pathOf(realm: Realm, id: string | null): Promise<string | undefined> {
    if (id === null) return undefined
    const found = await this.#deps.groups.withAncestors(realm.id, [id])
    return found.find((group) => group.id === id)?.path
  }
}
