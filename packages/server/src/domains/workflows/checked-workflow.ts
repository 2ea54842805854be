import { ModelError } from '../realms/model-error.ts'
import type { Component } from '../realms/realm.ts'
import { type GivenWorkflow, workflowNameOf, workflowType } from './workflow.ts'
import { durationMs } from './workflow-duration.ts'
import { callsOf, readExpression } from './workflow-expression.ts'
import {
  isWorkflowStep,
  supportedTypes,
  workflowConditions,
  workflowEvents,
} from './workflow-providers.ts'

type Steps = NonNullable<GivenWorkflow['steps']>

const stepsMax = 100
const nameCharactersMax = 255
const restart = 'restart'

/**
 * Looks at a workflow before it is kept.
 * @param all components of the realm
 * @param ownId of the workflow that it comes in the place of
 * @throws ModelError `invalid` in Keycloak's words
 */
export function requireValidWorkflow(
  given: GivenWorkflow,
  all: readonly Component[],
  ownId: string | null,
): void {
  const { name } = given
  if (!name?.trim() || name.length > nameCharactersMax) {
    throw invalid('Workflow name cannot be null or empty.')
  }
  const isTaken = all.some(
    (other) =>
      other.providerType === workflowType && workflowNameOf(other) === name && other.id !== ownId,
  )
  if (isTaken) throw takenName(name)
  requireKnown(given.on, workflowEvents)
  requireKnown(given.if, workflowConditions)
  for (const interruption of Object.values(given.concurrency ?? {})) {
    if (interruption.trim().toLowerCase() !== 'true') requireKnown(interruption, workflowEvents)
  }
  requireSchedule(given.schedule)
  requireValidSteps(given)
}

/** @returns what is thrown where another workflow has the name */
export function takenName(name: string): ModelError {
  return invalid(`Workflow name must be unique. A workflow with name '${name}' already exists.`)
}

function requireKnown(expression: string | undefined, known: ReadonlySet<string>): void {
  if (!expression?.trim()) return
  const unknown = callsOf(readExpression(expression)).find(({ name }) => !known.has(name))
  if (unknown) throw invalid(`Could not find provider factory with id: ${unknown.name}`)
}

/** Keycloak answers 500 to a time that is none. */
function requireSchedule(schedule: GivenWorkflow['schedule']): void {
  const after = schedule?.['after']
  if (after === undefined) return
  if ((durationMs(after) ?? 0) < 1_000) {
    throw invalid(`Schedule 'after' configuration is not valid: ${after}`)
  }
}

function requireValidSteps({ steps: given = [], if: condition }: GivenWorkflow): void {
  if (given.length > stepsMax) throw invalid(`A workflow has at most ${stepsMax} steps.`)
  for (const { uses, after } of given) {
    if (!uses?.trim()) throw invalid("Step 'uses' cannot be null or empty.")
    const waitMs = after === undefined ? 0 : durationMs(after)
    if (waitMs === null) throw invalid(`Step 'after' configuration is not valid: ${after}`)
    if (waitMs < 0) throw invalid("Step 'after' configuration cannot be negative.")
    if (!isWorkflowStep(uses)) throw invalid(`Could not find step provider: ${uses}`)
  }
  requireValidRestart(given)
  const types = supportedTypes(given.map(({ uses = '' }) => uses))
  if (types.length === 0) throw invalid('Steps provided are not compatible with each other.')
  if (types.length > 1) {
    throw invalid(`Steps provided should support a single type, actual: ${types.join(', ')}`)
  }
  if (condition?.trim() && types[0] === 'CLIENTS') {
    throw invalid(
      'Provided condition types (USERS) are not compatible with workflow type (CLIENTS).',
    )
  }
}

/** Whoever begins anew has to wait somewhere: otherwise it would go round for ever. */
function requireValidRestart(given: Steps): void {
  const restarts = given.filter(({ uses }) => uses === restart)
  const [step] = restarts
  if (!step) return
  if (restarts.length > 1) throw invalid('Workflow can have only one restart step.')
  if (given.at(-1) !== step) throw invalid('Workflow restart step must be the last step.')
  const written = [step.with?.['position'] ?? '0'].flat()[0] ?? '0'
  const position = Number(written)
  if (!Number.isInteger(position) || position < 0 || position >= given.length) {
    throw invalid(`Workflow restart step has invalid position: ${written}`)
  }
  const waits = ({ after }: Steps[number]) => after !== undefined && (durationMs(after) ?? 0) > 0
  if (given.slice(position).some(waits)) return
  throw invalid(`No scheduled step found if restarting at position ${position}`)
}

function invalid(message: string): ModelError {
  return new ModelError('invalid', message)
}
