import type { Component } from '../realms/realm.ts'
import { durationMs } from './workflow-duration.ts'
import { supportedTypes } from './workflow-providers.ts'

export const workflowType = 'org.keycloak.models.workflow.WorkflowProvider'
export const workflowStepType = 'org.keycloak.models.workflow.WorkflowStepProvider'

/** A step as administrators write it. */
export interface WorkflowStep {
  readonly uses?: string | undefined
  /** How long after the step before: `5d`, `PT10S`, seconds. */
  readonly after?: string | undefined
  readonly with?: Readonly<Record<string, string | readonly string[]>> | undefined
}

/** A workflow as administrators write it: Keycloak's WorkflowRepresentation without state. */
export interface GivenWorkflow {
  readonly name?: string | undefined
  readonly enabled?: boolean | undefined
  /** Expression of events. */
  readonly on?: string | undefined
  /** Expression of conditions. */
  readonly if?: string | undefined
  readonly concurrency?: Readonly<Record<string, string>> | undefined
  readonly schedule?: Readonly<Record<string, string>> | undefined
  readonly steps?: readonly WorkflowStep[] | undefined
}

type Config = Record<string, string[]>

/** Members of `concurrency`, which lie in the configuration as they are. */
export const interruptionNames = ['cancel-in-progress', 'restart-in-progress'] as const

/** @returns the components that a workflow is kept as: itself, and its steps below it in their order */
export function workflowComponents(
  { id, realmId }: { readonly id: string; readonly realmId: string },
  given: GivenWorkflow,
  stepId: (index: number) => string,
): Component[] {
  const { name, enabled, on, concurrency, schedule, steps = [] } = given
  const config: Config = {
    ...one('name', name),
    ...one('on', on),
    ...one('conditions', given.if),
    ...one('enabled', enabled === undefined ? undefined : String(enabled)),
    ...one('supports', supportedTypes(steps.map(({ uses = '' }) => uses))[0]),
    ...interruptions(concurrency),
    ...prefixed('schedule', schedule),
  }
  const workflow: Component = {
    id,
    parentId: realmId,
    providerType: workflowType,
    providerId: 'default',
    ...(name === undefined ? {} : { name }),
    config,
  }
  const below = steps.map(
    ({ uses = '', after, with: settings = {} }, index): Component => ({
      id: stepId(index),
      parentId: id,
      providerType: workflowStepType,
      providerId: uses,
      config: {
        ...Object.fromEntries(
          Object.entries(settings).map(([key, value]) => [key, [value].flat().map(String)]),
        ),
        ...one('after', after),
        priority: [String(index + 1)],
      },
    }),
  )
  return [workflow, ...below]
}

/** @param all components of the realm. @returns Keycloak's WorkflowRepresentation */
export function workflowRepresentation(
  workflow: Component,
  all: readonly Component[],
  withIds: boolean,
) {
  const { id, config } = workflow
  const name = workflowNameOf(workflow)
  const steps = workflowSteps(id, all)
  const [on] = config['on'] ?? []
  const [condition] = config['conditions'] ?? []
  const [enabled] = config['enabled'] ?? []
  return {
    ...(withIds ? { id } : {}),
    ...(name === undefined ? {} : { name }),
    ...(enabled === undefined ? {} : { enabled: enabled === 'true' }),
    ...(on === undefined ? {} : { on }),
    ...shownSchedule(config),
    ...shownInterruptions(config),
    ...(condition === undefined ? {} : { if: condition }),
    ...(steps.length > 0 ? { steps: steps.map((step) => stepRepresentation(step, withIds)) } : {}),
  }
}

/** @returns as `workflowRepresentation`, with what is done of a run and when the rest of it will be */
export function workflowRunRepresentation(
  workflow: Component,
  all: readonly Component[],
  { stepId, dueAt }: { readonly stepId: string; readonly dueAt: number },
) {
  const steps = workflowSteps(workflow.id, all)
  const next = steps.findIndex(({ id }) => id === stepId)
  let at = dueAt
  return {
    ...workflowRepresentation(workflow, all, true),
    steps: steps.map((step, index) => {
      const shown = stepRepresentation(step, true)
      if (index < next || next < 0) return { ...shown, status: 'COMPLETED' }
      if (index > next) at += durationMs(step.config['after']?.[0] ?? '') ?? 0
      return { ...shown, 'scheduled-at': at, status: 'PENDING' }
    }),
  }
}

/** @returns the steps of a workflow in their order */
export function workflowSteps(workflowId: string, all: readonly Component[]): Component[] {
  return all
    .filter((one) => one.providerType === workflowStepType && one.parentId === workflowId)
    .toSorted((a, b) => priorityOf(a) - priorityOf(b))
}

/** @returns the name of a workflow: Keycloak keeps it in the configuration */
export function workflowNameOf({ name, config }: Component): string | undefined {
  return config['name']?.[0] ?? name
}

function stepRepresentation({ id, providerId, config }: Component, withIds: boolean) {
  const { after, priority: _, ...settings } = config
  const entries = Object.entries(settings).map(([key, values]) => [
    key,
    values.length === 1 ? values[0] : values,
  ])
  return {
    uses: providerId,
    ...(after?.[0] === undefined ? {} : { after: after[0] }),
    ...(entries.length > 0 ? { with: Object.fromEntries(entries) } : {}),
    ...(withIds ? { id } : {}),
  }
}

function priorityOf({ config }: Component): number {
  return Number(config['priority']?.[0] ?? 0)
}

function one(name: string, value: string | undefined): Config {
  return value === undefined || value === '' ? {} : { [name]: [value] }
}

function prefixed(name: string, values: Readonly<Record<string, string>> = {}): Config {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`${name}.${key}`, [String(value)]]),
  )
}

function interruptions(values: Readonly<Record<string, string>> = {}): Config {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, [String(value)]]))
}

function shownInterruptions(config: Component['config']) {
  const own = interruptionNames.flatMap((name) => {
    const value = config[name]?.[0]
    return value === undefined ? [] : [[name, value]]
  })
  return own.length === 0 ? {} : { concurrency: Object.fromEntries(own) }
}

function shownSchedule(config: Component['config']) {
  const after = config['schedule.after']?.[0]
  const size = config['schedule.batch-size']?.[0]
  if (after === undefined && size === undefined) return {}
  return {
    schedule: {
      ...(after === undefined ? {} : { after }),
      ...(size === undefined ? {} : { 'batch-size': Number(size) }),
    },
  }
}
