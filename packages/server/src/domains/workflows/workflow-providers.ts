/** What a workflow is run for. */
export type ResourceType = 'USERS' | 'CLIENTS'

/** Events that may start a workflow: Keycloak's. */
export const workflowEvents: ReadonlySet<string> = new Set([
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

/** Conditions, all of them about users. */
export const workflowConditions: ReadonlySet<string> = new Set([
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
const steps: ReadonlyMap<string, readonly ResourceType[]> = new Map([
  ...ofClients.map((id): [string, ResourceType[]] => [id, ['CLIENTS']]),
  ...ofUsers.map((id): [string, ResourceType[]] => [id, ['USERS']]),
  ['restart', ['USERS', 'CLIENTS']],
])

export function isWorkflowStep(uses: string): boolean {
  return steps.has(uses)
}

/** @returns what all of these steps can be run for */
export function supportedTypes(uses: readonly string[]): ResourceType[] {
  const all: ResourceType[] = ['USERS', 'CLIENTS']
  return all.filter((type) => uses.every((one) => steps.get(one)?.includes(type)))
}
