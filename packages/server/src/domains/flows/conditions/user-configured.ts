import type { FlowChild, FlowNode } from '../engine/flow-definition.ts'
import type { Condition, ConfiguredFor } from '../engine/step.ts'

/** Matches when the user could pass the sub-flow: all its required steps or, without such, one of the alternatives. */
export const userConfigured: Condition = {
  id: 'conditional-user-configured',
  matches: (_context, flow, configuredFor) => passable(flow, configuredFor),
}

async function passable(flow: FlowNode, configuredFor: ConfiguredFor): Promise<boolean> {
  const steps = flow.children.filter(
    (child) => child.kind === 'flow' || !child.authenticator.startsWith('conditional-'),
  )
  const possible = (child: FlowChild): Promise<boolean> =>
    child.kind === 'flow' ? passable(child, configuredFor) : configuredFor(child)
  const required = steps.filter(({ requirement }) => requirement !== 'ALTERNATIVE')
  for (const child of required) {
    if (!(await possible(child))) return false
  }
  if (required.length > 0) return true
  for (const child of steps) {
    if (await possible(child)) return true
  }
  return false
}
