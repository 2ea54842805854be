import type { User } from '../../users/user.ts'
import type { CredentialTypes } from './credential-types.ts'
import type { ExecutionNode, FlowChild, FlowNode } from './flow-definition.ts'
import type { Step } from './step.ts'

export interface SelectionDeps {
  readonly stepOf: (execution: ExecutionNode) => Step
  readonly isDone: (node: FlowChild) => boolean
  /** False for a conditional sub-flow whose conditions do not match. */
  readonly takesPart: (flow: FlowNode) => boolean
  readonly credentialTypes: CredentialTypes
  readonly lastMethodOf: (user: User) => string | null
}

/**
 * Which steps can stand in for an execution: its alternatives, as far up as no required step comes before them. Those that
 * check a credential are offered only when the user has one: what the user chose last first, then in the user's order; the
 * others follow.
 */
export class AuthenticationSelection {
  readonly #deps: SelectionDeps

  constructor(deps: SelectionDeps) {
    this.#deps = deps
  }

  /** Whether nothing can stand in for an execution: then nobody needs to know which credentials the user has. */
  isSole(execution: ExecutionNode): boolean {
    return highestUsefulFlow(execution) === null
  }

  /** @returns the executions to choose from, best first; empty when the user has none of their credentials */
  async optionsFor(execution: ExecutionNode, user: User | null): Promise<ExecutionNode[]> {
    const flow = highestUsefulFlow(execution)
    const all = flow === null ? [execution] : this.#executionsOf(flow)
    const open = all.filter((one) => !this.#deps.isDone(one) && !isCondition(one))
    const others = open.filter((one) => this.#typeOf(one) === undefined)
    if (user === null) return [...others, ...open.filter((one) => this.#needsNobody(one))]
    const types = await this.#deps.credentialTypes.of(user)
    const last = this.#deps.lastMethodOf(user)
    const ordered = types.toSorted((a, b) => Number(b === last) - Number(a === last))
    const withCredential = ordered.flatMap(
      (type) => open.find((one) => this.#typeOf(one) === type) ?? [],
    )
    return [...withCredential, ...others]
  }

  /** A passkey says by itself whose it is. */
  #needsNobody(execution: ExecutionNode): boolean {
    const { credentialType, requiresUser } = this.#deps.stepOf(execution)
    return credentialType !== undefined && !requiresUser
  }

  #typeOf(execution: ExecutionNode): string | undefined {
    return this.#deps.stepOf(execution).credentialType
  }

  /** Of required children only the first can be next. */
  #executionsOf(flow: FlowNode): ExecutionNode[] {
    const children = flow.children.filter((child) => !isCondition(child))
    const firstRequired = children.find(({ requirement }) => requirement !== 'ALTERNATIVE')
    const next = firstRequired === undefined ? children : [firstRequired]
    return next.flatMap((child) => {
      if (child.kind === 'execution') return [child]
      return this.#deps.takesPart(child) ? this.#executionsOf(child) : []
    })
  }
}

function highestUsefulFlow(execution: ExecutionNode): FlowNode | null {
  let flow: FlowNode | null = null
  let node: FlowChild = execution
  while (true) {
    const parent: FlowNode | null = node.parent
    if (parent === null) return flow
    if (node.requirement === 'ALTERNATIVE') {
      flow = parent
    } else {
      if (node.kind === 'flow') flow = node
      if (parent.children.indexOf(node) !== 0) return flow
    }
    node = parent
  }
}

function isCondition(child: FlowChild): boolean {
  return child.kind === 'execution' && child.authenticator.startsWith('conditional-')
}
