import { ModelError } from '../realms/model-error.ts'
import type { Component } from '../realms/realm.ts'
import { type GivenWorkflow, workflowType } from './workflow.ts'
import { expressionCalls } from './workflow-expression.ts'

const events: ReadonlySet<string> = new Set([
  'client-authenticated',
  'client-created',
  'user-authenticated',
  'user-created',
  'user-federated-identity-added',
  'user-federated-identity-removed',
  'user-group-membership-added',
  'user-group-membership-removed',
  'user-role-granted',
  'user-role-revoked',
])
const conditions: ReadonlySet<string> = new Set([
  'has-identity-provider-link',
  'has-role',
  'has-user-attribute',
  'is-member-of',
])
const ofClients = ['delete-client', 'disable-client']
const ofUsers = [
  'add-required-action',
  'delete-user',
  'disable-user',
  'grant-role',
  'join-group',
  'leave-group',
  'notify-user',
  'remove-required-action',
  'remove-user-attribute',
  'revoke-role',
  'set-user-attribute',
  'unlink-user',
]
/** What each step is about; `restart` goes with either. */
const steps: ReadonlyMap<string, readonly string[]> = new Map([
  ...ofClients.map((id): [string, string[]] => [id, ['CLIENTS']]),
  ...ofUsers.map((id): [string, string[]] => [id, ['USERS']]),
  ['restart', ['USERS', 'CLIENTS']],
])
const stepsMax = 100
const nameCharactersMax = 255
const duration =
  /^(?:\d{1,15}(?:ms|[smhd])?|P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?)$/

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
    (other) => other.providerType === workflowType && other.name === name && other.id !== ownId,
  )
  if (isTaken) {
    throw invalid(`Workflow name must be unique. A workflow with name '${name}' already exists.`)
  }
  requireKnown(given.on, events)
  requireKnown(given.if, conditions)
  requireValidSteps(given.steps ?? [])
}

function requireKnown(expression: string | undefined, known: ReadonlySet<string>): void {
  if (!expression?.trim()) return
  const unknown = expressionCalls(expression).find(({ name }) => !known.has(name))
  if (unknown) throw invalid(`Could not find provider factory with id: ${unknown.name}`)
}

function requireValidSteps(given: NonNullable<GivenWorkflow['steps']>): void {
  if (given.length > stepsMax) throw invalid(`A workflow has at most ${stepsMax} steps.`)
  let types: readonly string[] = ['USERS', 'CLIENTS']
  for (const { uses, after } of given) {
    if (!uses?.trim()) throw invalid("Step 'uses' cannot be null or empty.")
    const own = steps.get(uses)
    if (!own) throw invalid(`Could not find step provider: ${uses}`)
    if (after !== undefined && !duration.test(after)) {
      throw invalid(`Step 'after' configuration is not valid: ${after}`)
    }
    types = types.filter((type) => own.includes(type))
  }
  if (types.length === 0) throw invalid('Steps provided are not compatible with each other.')
  if (types.length > 1) {
    throw invalid(`Steps provided should support a single type, actual: ${types.join(', ')}`)
  }
  for (const { uses, with: settings } of given) {
    if (uses !== 'restart') continue
    const position = Number(settings?.['position'] ?? 0)
    if (given.slice(position).some(({ after }) => after !== undefined)) continue
    throw invalid(`No scheduled step found if restarting at position ${position}`)
  }
}

function invalid(message: string): ModelError {
  return new ModelError('invalid', message)
}
