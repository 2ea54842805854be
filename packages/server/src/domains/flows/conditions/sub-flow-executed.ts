import { executionKey, type FlowNode } from '../engine/flow-definition.ts'
import type { Condition } from '../engine/step.ts'

/**
 * Matches when the sub-flow of the alias `flow_to_check` was passed in this login; with `check_result` at `not-executed`
 * when it was not. A flow that is not part of this one never matches, as in Keycloak.
 */
export const subFlowExecuted: Condition = {
  id: 'conditional-sub-flow-executed',
  async matches({ flow, state, execution }) {
    const checked = subFlow(flow, execution.config['flow_to_check'] ?? '')
    if (checked === undefined) return false
    const passed = state.executions[executionKey(checked)] === 'success'
    return passed !== (execution.config['check_result'] === 'not-executed')
  },
}

function subFlow(flow: FlowNode, alias: string): FlowNode | undefined {
  for (const child of flow.children) {
    if (child.kind !== 'flow') continue
    const found = child.alias === alias ? child : subFlow(child, alias)
    if (found !== undefined) return found
  }
  return undefined
}
