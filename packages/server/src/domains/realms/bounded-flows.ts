import { ModelError } from './model-error.ts'

/** A login looks at every execution of its flow; each of these is more than anybody has. */
const flowsMax = 1_000
const executionsOfFlowMax = 500
const textLengthMax = 255
/** Executions of a flow and of the flows in it, each as often as it is named: what a login, a list and a copy walk through. */
export const walkedExecutionsMax = 2_000
/** Configurations of steps, and required actions; each stays in the row of the realm. */
const configsMax = 2_000
const actionsMax = 500
const configsLengthMax = 1_048_576

interface Execution {
  readonly flowAlias?: string | undefined
}
interface Flow {
  readonly alias?: string | undefined
  readonly description?: string | null | undefined
  readonly authenticationExecutions?: readonly Execution[] | null | undefined
}

/** Settings of a realm by which people sign in, before or after a change. */
export interface FlowSettings {
  readonly authenticationFlows?: readonly Flow[] | undefined
  readonly authenticatorConfig?: readonly object[] | undefined
  readonly requiredActions?: readonly object[] | undefined
}

/**
 * Checks what a login of the realm walks through, whoever writes it.
 * @throws ModelError `invalid` for flows that are too many, too large or contain themselves, and for too much configuration
 */
export function requireBoundedFlows(settings: FlowSettings): void {
  const {
    authenticationFlows: flows = [],
    authenticatorConfig = [],
    requiredActions = [],
  } = settings
  const isLarge = flows.some(
    ({ alias, description, authenticationExecutions }) =>
      (alias?.length ?? 0) > textLengthMax ||
      (description?.length ?? 0) > textLengthMax ||
      (authenticationExecutions?.length ?? 0) > executionsOfFlowMax,
  )
  if (isLarge || flows.length > flowsMax) {
    throw new ModelError('invalid', 'The flows are too many, or one is too large')
  }
  requireShortWalks(flows)
  const configs = [...authenticatorConfig, ...requiredActions]
  const isMany = authenticatorConfig.length > configsMax || requiredActions.length > actionsMax
  if (isMany || JSON.stringify(configs).length > configsLengthMax) {
    throw new ModelError(
      'invalid',
      'The configurations of steps and actions are too many or too large',
    )
  }
}

/** Flows that name the same flow several times double with each level, so that sizes are added up and not walked. */
function requireShortWalks(flows: readonly Flow[]): void {
  const byAlias = new Map(flows.map((flow) => [flow.alias, flow]))
  const sizes = new Map<Flow, number>()
  const sizeOf = (flow: Flow): number => {
    const known = sizes.get(flow)
    if (known !== undefined) return known
    // One that is met inside of itself has no end.
    sizes.set(flow, Number.POSITIVE_INFINITY)
    let size = 0
    for (const { flowAlias } of flow.authenticationExecutions ?? []) {
      const inner = flowAlias === undefined ? undefined : byAlias.get(flowAlias)
      size += inner === undefined ? 1 : 1 + sizeOf(inner)
    }
    sizes.set(flow, size)
    return size
  }
  const endless = flows.find((flow) => sizeOf(flow) > walkedExecutionsMax)
  if (endless === undefined) return
  throw new ModelError(
    'invalid',
    `The flow ${endless.alias} contains itself, or more than ${walkedExecutionsMax} executions`,
  )
}
