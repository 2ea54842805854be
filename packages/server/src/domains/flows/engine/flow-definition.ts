import { createHash } from 'node:crypto'
import { walkedExecutionsMax } from '../../realms/bounded-flows.ts'
import type { AuthenticationExecution, AuthenticationFlow, Realm } from '../../realms/realm.ts'

export type Requirement = AuthenticationExecution['requirement']

/** A step or condition of a flow. */
export interface ExecutionNode {
  readonly kind: 'execution'
  /** UUID, the same on every node and after every restart: the `execution` of form addresses. */
  readonly id: string
  readonly requirement: Requirement
  /** Keycloak's provider id, e.g. `auth-otp-form`. */
  readonly authenticator: string
  readonly config: Readonly<Record<string, string>>
  /** The parts of its form, where it stands for a flow of type `form-flow`; empty for every other execution. */
  readonly form: readonly Pick<ExecutionNode, 'requirement' | 'authenticator' | 'config'>[]
  readonly parent: FlowNode
}

/** A flow or sub-flow with its enabled children, in the order of their priorities. */
export interface FlowNode {
  readonly kind: 'flow'
  readonly id: string
  readonly alias: string
  readonly requirement: Requirement
  readonly children: readonly FlowChild[]
  /** Null for the top-level flow. */
  readonly parent: FlowNode | null
}

export type FlowChild = ExecutionNode | FlowNode

/** Keycloak's type of a flow whose executions are parts of one form. */
const formFlow = 'form-flow'
/** Sub-flows deeper than this are taken for a cycle. */
const depthMax = 12

/** How many executions may still be met: a flow that was saved before there was a bound must not stop the server. */
interface Walk {
  left: number
}

/** A realm's flow that cannot be run as it is defined. */
export class BrokenFlow extends Error {}

/**
 * Builds the tree of a flow from the realm's own definition; disabled executions are left out.
 * @param flow alias or id
 * @throws BrokenFlow when the flow or a sub-flow is missing, or contains itself
 */
export function flowOf(realm: Realm, flow: string): FlowNode {
  const { authenticationFlows } = realm.settings
  const found =
    authenticationFlows.find(({ alias }) => alias === flow) ??
    authenticationFlows.find(({ id }) => id === flow)
  if (found === undefined) throw new BrokenFlow(`realm ${realm.name} has no flow "${flow}"`)
  const walk = { left: walkedExecutionsMax }
  return treeOf(realm, found, 'REQUIRED', null, `${realm.id}/${found.alias}`, 0, walk)
}

/** @returns the name of a child among the statuses of a login: short, since they travel in an address */
export function executionKey(child: Pick<FlowChild, 'id'>): string {
  return child.id.slice(0, 8)
}

/** @returns the execution with this id, or undefined */
export function executionById(flow: FlowNode, id: string): ExecutionNode | undefined {
  for (const child of flow.children) {
    if (child.kind === 'flow') {
      const found = executionById(child, id)
      if (found !== undefined) return found
    } else if (child.id === id) {
      return child
    }
  }
  return undefined
}

function treeOf(
  realm: Realm,
  flow: AuthenticationFlow,
  requirement: Requirement,
  parent: FlowNode | null,
  path: string,
  depth: number,
  walk: Walk,
): FlowNode {
  if (depth > depthMax) throw new BrokenFlow(`flow "${flow.alias}" contains itself`)
  const children: FlowChild[] = []
  const node: FlowNode = {
    kind: 'flow',
    id: stableUuid(path),
    alias: flow.alias,
    requirement,
    children,
    parent,
  }
  for (const execution of enabledIn(flow)) {
    walk.left -= 1
    if (walk.left < 0) throw new BrokenFlow(`flow "${flow.alias}" is part of one that has no end`)
    const name = execution.flowAlias ?? execution.authenticator ?? ''
    const childPath = `${path}/${execution.priority}:${name}`
    if (execution.authenticatorFlow && execution.flowAlias !== undefined) {
      const inner = realm.settings.authenticationFlows.find(
        ({ alias }) => alias === execution.flowAlias,
      )
      if (inner === undefined) {
        throw new BrokenFlow(`flow "${flow.alias}" names a missing flow "${execution.flowAlias}"`)
      }
      children.push(
        inner.providerId === formFlow
          ? { ...executionOf(realm, execution, node, childPath), form: formOf(realm, inner, node) }
          : treeOf(realm, inner, execution.requirement, node, childPath, depth + 1, walk),
      )
    } else {
      children.push(executionOf(realm, execution, node, childPath))
    }
  }
  return node
}

function enabledIn(flow: AuthenticationFlow): AuthenticationExecution[] {
  return flow.authenticationExecutions
    .filter((execution) => execution.requirement !== 'DISABLED')
    .toSorted((a, b) => a.priority - b.priority)
}

/** A form shows all its parts at once: they are not steps of their own. */
function formOf(realm: Realm, flow: AuthenticationFlow, parent: FlowNode): ExecutionNode['form'] {
  return enabledIn(flow).map((execution) => executionOf(realm, execution, parent, ''))
}

function executionOf(
  realm: Realm,
  execution: AuthenticationExecution,
  parent: FlowNode,
  path: string,
): ExecutionNode {
  const config = realm.settings.authenticatorConfig.find(
    ({ alias, id }) =>
      alias === execution.authenticatorConfig || id === execution.authenticatorConfig,
  )
  return {
    kind: 'execution',
    id: stableUuid(path),
    requirement: execution.requirement,
    authenticator: execution.authenticator ?? '',
    config: config?.config ?? {},
    form: [],
    parent,
  }
}

/** Executions have no ids of their own in exports: theirs come from where they stand. */
function stableUuid(path: string): string {
  const hex = createHash('sha256').update(path).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
