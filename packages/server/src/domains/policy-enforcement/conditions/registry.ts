import { callConditions } from './call-conditions.ts'
import { clientConditions } from './client-conditions.ts'
import type { PolicyCondition } from './condition.ts'
import { updaterConditions } from './updater-conditions.ts'

/** Every condition of client policies, by Keycloak's provider id. */
export const policyConditions: ReadonlyMap<string, PolicyCondition> = new Map(
  Object.entries({ ...callConditions, ...clientConditions, ...updaterConditions }),
)
