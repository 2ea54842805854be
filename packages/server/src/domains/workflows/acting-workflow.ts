import type { Component, Realm } from '../realms/realm.ts'
import { workflowNameOf, workflowSteps, workflowType } from './workflow.ts'
import { durationMs } from './workflow-duration.ts'
import { type Expression, readExpression } from './workflow-expression.ts'
import { type ResourceType, supportedTypes } from './workflow-providers.ts'

export interface ActingStep {
  readonly id: string
  readonly uses: string
  /** How long it waits after the step before. */
  readonly afterMs: number
  readonly config: Component['config']
}

/** When a run that is under way ends or begins anew; `again`: when what started it happens again. */
export type Interruption = Expression | 'again' | null

/** A workflow as it is run. */
export interface ActingWorkflow {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly supports: ResourceType
  readonly on: Expression | null
  readonly condition: Expression | null
  readonly cancel: Interruption
  readonly restart: Interruption
  readonly schedule: { readonly everyMs: number; readonly batchSize: number } | null
  readonly steps: readonly ActingStep[]
}

/** Users or clients that one turn of a schedule starts a workflow for, where it does not say: Keycloak's default. */
const batchSizeDefault = 100
const batchSizeMax = 10_000

const known = new WeakMap<Realm['components'], readonly ActingWorkflow[]>()

/** @returns the workflows of a realm that can be run: imported ones that make no sense are left out */
export function actingWorkflows({
  components,
}: Pick<Realm, 'components'>): readonly ActingWorkflow[] {
  const before = known.get(components)
  if (before !== undefined) return before
  const found = components
    .filter(({ providerType }) => providerType === workflowType)
    .flatMap((one) => acting(one, components) ?? [])
  known.set(components, found)
  return found
}

function acting(workflow: Component, all: readonly Component[]): ActingWorkflow | null {
  const { id, config } = workflow
  const steps = stepsOf(workflow, all)
  const types = supportedTypes(steps.map(({ uses }) => uses))
  const [supports] = types
  if (supports === undefined || types.length > 1) return null
  const read = (name: string) => expressionOf(config[name]?.[0])
  const on = read('on')
  const condition = read('conditions')
  const cancel = interruptionOf(config['cancel-in-progress']?.[0])
  const restart = interruptionOf(config['restart-in-progress']?.[0])
  if ([on, condition, cancel, restart].includes(undefined)) return null
  return {
    id,
    name: workflowNameOf(workflow) ?? id,
    enabled: (config['enabled']?.[0] ?? 'true').toLowerCase() === 'true',
    supports,
    on: on ?? null,
    condition: condition ?? null,
    cancel: cancel ?? null,
    restart: restart ?? null,
    schedule: scheduleOf(config),
    steps,
  }
}

function stepsOf({ id }: Component, all: readonly Component[]): ActingStep[] {
  return workflowSteps(id, all).map((step) => ({
    id: step.id,
    uses: step.providerId,
    afterMs: Math.max(durationMs(step.config['after']?.[0] ?? '0') ?? 0, 0),
    config: step.config,
  }))
}

/** @returns null where there is none, undefined where it cannot be read */
function expressionOf(text: string | undefined): Expression | null | undefined {
  if (!text?.trim()) return null
  try {
    return readExpression(text)
  } catch {
    return undefined
  }
}

function interruptionOf(text: string | undefined): Interruption | undefined {
  return text?.trim().toLowerCase() === 'true' ? 'again' : expressionOf(text)
}

function scheduleOf(config: Component['config']): ActingWorkflow['schedule'] {
  const everyMs = durationMs(config['schedule.after']?.[0] ?? '')
  if (everyMs === null || everyMs < 1_000) return null
  const size = Number(config['schedule.batch-size']?.[0] ?? batchSizeDefault)
  const batchSize =
    Number.isInteger(size) && size > 0 ? Math.min(size, batchSizeMax) : batchSizeDefault
  return { everyMs, batchSize }
}
