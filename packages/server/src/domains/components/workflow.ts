import type { Component } from '../realms/realm.ts'

export const workflowType = 'org.keycloak.models.workflow.WorkflowProvider'
export const workflowStepType = 'org.keycloak.models.workflow.WorkflowStepProvider'

/** A step as administrators write it. */
export interface WorkflowStep {
  readonly uses?: string | undefined
  /** How long after the step before: `5d`, `PT10S`, milliseconds. */
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

/** @returns the components that a workflow is kept as: itself, and its steps below it in their order */
export function workflowComponents(
  { id, realmId }: { readonly id: string; readonly realmId: string },
  given: GivenWorkflow,
  newId: () => string,
): Component[] {
  const { name, enabled, on, concurrency, schedule, steps = [] } = given
  const config: Config = {
    ...one('on', on),
    ...one('conditions', given.if),
    ...one('enabled', enabled === undefined ? undefined : String(enabled)),
    ...prefixed('concurrency', concurrency),
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
      id: newId(),
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
  const { id, name, config } = workflow
  const steps = all
    .filter((one) => one.providerType === workflowStepType && one.parentId === id)
    .toSorted((a, b) => priorityOf(a) - priorityOf(b))
  const [on] = config['on'] ?? []
  const [condition] = config['conditions'] ?? []
  const [enabled] = config['enabled'] ?? []
  return {
    ...(withIds ? { id } : {}),
    ...(name === undefined ? {} : { name }),
    ...(enabled === undefined ? {} : { enabled: enabled === 'true' }),
    ...(on === undefined ? {} : { on }),
    ...shown('schedule', config),
    ...shown('concurrency', config),
    ...(condition === undefined ? {} : { if: condition }),
    ...(steps.length > 0 ? { steps: steps.map((step) => stepRepresentation(step, withIds)) } : {}),
  }
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

function shown(name: string, config: Component['config']) {
  const own = Object.entries(config).filter(([key]) => key.startsWith(`${name}.`))
  if (own.length === 0) return {}
  return {
    [name]: Object.fromEntries(own.map(([key, [value]]) => [key.slice(name.length + 1), value])),
  }
}
