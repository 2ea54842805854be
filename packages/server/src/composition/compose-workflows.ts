import { Counter } from 'prom-client'
import type { Realms } from '../domains/realms/realms.ts'
import { NamedRoles } from '../domains/workflows/named-roles.ts'
import { WorkflowConditions } from '../domains/workflows/workflow-conditions.ts'
import { WorkflowEventMatching } from '../domains/workflows/workflow-event-matching.ts'
import { WorkflowRuns } from '../domains/workflows/workflow-runs.ts'
import { WorkflowSteps } from '../domains/workflows/workflow-steps.ts'
import { WorkflowTriggers } from '../domains/workflows/workflow-triggers.ts'
import { Workflows } from '../domains/workflows/workflows.ts'
import type { DisposalStack } from '../shared/disposal-stack.ts'
import { WorkflowRunner } from '../workflows/workflow-runner.ts'
import type { Domains } from './domains.ts'
import type { Foundation } from './foundation.ts'

export interface WorkflowParts {
  readonly workflows: Workflows
  readonly workflowRuns: WorkflowRuns
  /** Does nothing before `begin()`. */
  readonly workflowRunner: WorkflowRunner
}

/** What notes that something happened that workflows begin with. */
export function composeWorkflowTriggers(
  { database, loggers, settings }: Pick<Foundation, 'database' | 'loggers' | 'settings'>,
  realms: Realms,
): WorkflowTriggers {
  const log = loggers.of('org.keycloak.models.workflow')
  return new WorkflowTriggers({
    database,
    realms,
    enabled: settings.features.has('WORKFLOWS'),
    onDropped: (count) => log.warn(`${count} events were dropped that workflows may begin with`),
    onUnwritten: (err, waiting) =>
      log.debug({ err }, `${waiting} events wait to be written for workflows`),
  })
}

/** What runs workflows. */
export function composeWorkflows(
  { database, clock, loggers, metrics }: Foundation,
  lower: Pick<
    Domains,
    | 'clientLifecycle'
    | 'clients'
    | 'federatedIdentities'
    | 'groups'
    | 'identityProviders'
    | 'mails'
    | 'realms'
    | 'roles'
    | 'sessions'
    | 'userLifecycle'
    | 'userMemberships'
    | 'users'
    | 'workflowTriggers'
  >,
  running: DisposalStack,
): WorkflowParts {
  const log = loggers.of('org.keycloak.models.workflow')
  const warn = (text: string) => log.warn(text)
  const done = new Counter({
    name: 'holdfast_workflow_steps_total',
    help: 'Steps of workflows, by what became of them',
    labelNames: ['outcome'],
    registers: [metrics],
  })
  const namedRoles = new NamedRoles(lower)
  const workflowRuns = new WorkflowRuns({
    database,
    realms: lower.realms,
    matching: new WorkflowEventMatching(lower),
    conditions: new WorkflowConditions({ ...lower, namedRoles }),
    steps: new WorkflowSteps({ ...lower, namedRoles, warn }),
    triggers: lower.workflowTriggers,
    onStep: (outcome) => done.inc({ outcome }),
    warn,
  })
  const workflowRunner = running.use(
    new WorkflowRunner({ runs: workflowRuns, triggers: lower.workflowTriggers, clock, log }),
  )
  return {
    workflows: new Workflows({ database, realms: lower.realms }),
    workflowRuns,
    workflowRunner,
  }
}
