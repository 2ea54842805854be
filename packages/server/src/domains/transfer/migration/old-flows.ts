import { newUuid } from '../../../shared/random.ts'
import type { AuthenticationExecution, AuthenticationFlow } from '../../realms/realm.ts'
import type { RealmRepresentation } from '../representation.ts'

/** A flow as exports write it: in former times with a misspelt member, and a requirement that is no more. */
type GivenFlow = Partial<AuthenticationFlow> & { alias: string }
type GivenExecution = Omit<AuthenticationExecution, 'requirement' | 'authenticatorFlow'> & {
  readonly requirement: AuthenticationExecution['requirement'] | 'OPTIONAL'
  readonly authenticatorFlow?: boolean
  readonly autheticatorFlow?: boolean
}

/** How Keycloak spaces the executions of a flow that it makes. */
const priorityStep = 10

/**
 * Reads the flows of an export of any version. Whether an execution is a sub-flow stood in `autheticatorFlow` alone up to
 * Keycloak 15; `OPTIONAL` (before 8) becomes a conditional sub-flow that asks whether the user has what the step needs.
 */
export function readFlows(given: NonNullable<RealmRepresentation['authenticationFlows']>) {
  const added: AuthenticationFlow[] = []
  const flows = given.map((flow): AuthenticationFlow => {
    const executions = (flow.authenticationExecutions ?? []) as readonly GivenExecution[]
    return {
      ...flow,
      id: flow.id ?? newUuid(),
      providerId: flow.providerId ?? 'basic-flow',
      topLevel: flow.topLevel ?? false,
      builtIn: flow.builtIn ?? false,
      authenticationExecutions: executions.map((execution) =>
        readExecution(flow, execution, added),
      ),
    }
  })
  return [...flows, ...added]
}

function readExecution(
  flow: GivenFlow,
  { autheticatorFlow, authenticatorFlow, requirement, ...rest }: GivenExecution,
  added: AuthenticationFlow[],
): AuthenticationExecution {
  const execution = {
    ...rest,
    priority: rest.priority ?? 0,
    authenticatorFlow: authenticatorFlow ?? autheticatorFlow ?? rest.flowAlias !== undefined,
  }
  if (requirement !== 'OPTIONAL') return { ...execution, requirement }
  const conditional = whenConfigured(flow, execution)
  added.push(conditional)
  return {
    flowAlias: conditional.alias,
    authenticatorFlow: true,
    requirement: 'CONDITIONAL',
    priority: execution.priority,
    userSetupAllowed: false,
  }
}

function whenConfigured(
  flow: GivenFlow,
  execution: Omit<AuthenticationExecution, 'requirement'>,
): AuthenticationFlow {
  const step = execution.authenticator ?? 'null'
  return {
    id: newUuid(),
    alias: `${flow.alias} - ${step} - Conditional`,
    description: `Flow to determine if the ${step} authenticator should be used or not.`,
    providerId: 'basic-flow',
    topLevel: false,
    builtIn: flow.builtIn ?? false,
    authenticationExecutions: [
      {
        authenticator: 'conditional-user-configured',
        authenticatorFlow: false,
        requirement: 'REQUIRED',
        priority: priorityStep,
        userSetupAllowed: false,
      },
      { ...execution, requirement: 'REQUIRED', priority: 2 * priorityStep },
    ],
  }
}

/**
 * Before 8.0.2, alternatives beside required executions were tried like others; since then they are left out. They move into
 * a sub-flow that is required, so that one of them is still asked for.
 */
export function withAlternativesApart(flows: readonly AuthenticationFlow[]): AuthenticationFlow[] {
  const added: AuthenticationFlow[] = []
  const kept = flows.map((flow): AuthenticationFlow => {
    const { authenticationExecutions: executions } = flow
    const alternatives = executions.filter(({ requirement }) => requirement === 'ALTERNATIVE')
    const others = executions.filter(
      ({ requirement }) => requirement === 'REQUIRED' || requirement === 'CONDITIONAL',
    )
    const [first] = alternatives
    if (!first || others.length === 0) return flow
    const alias = `${flow.alias} - Alternatives - 0`
    added.push({
      id: newUuid(),
      alias,
      description: `Subflow of ${flow.alias} with alternative executions`,
      providerId: 'basic-flow',
      topLevel: false,
      builtIn: flow.builtIn,
      authenticationExecutions: alternatives.map((execution, index) => ({
        ...execution,
        priority: (index + 1) * priorityStep,
      })),
    })
    const inPlace: AuthenticationExecution = {
      flowAlias: alias,
      authenticatorFlow: true,
      requirement: 'REQUIRED',
      priority: first.priority,
      userSetupAllowed: false,
    }
    return {
      ...flow,
      authenticationExecutions: executions.flatMap((execution) =>
        execution === first
          ? [inPlace]
          : execution.requirement === 'ALTERNATIVE'
            ? []
            : [execution],
      ),
    }
  })
  return [...kept, ...added]
}
