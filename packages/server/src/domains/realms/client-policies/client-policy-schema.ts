import { z } from 'zod'
import type { JsonObject } from '../realm.ts'
import { flag, maybe, text, texts } from '../scalars.ts'

const configuration = z.custom<JsonObject>(
  (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
)
const executor = z.strictObject({ executor: text, configuration: maybe(configuration) })
const condition = z.strictObject({ condition: text, configuration: maybe(configuration) })
const profile = z.strictObject({
  name: text,
  description: text,
  executors: maybe(z.array(executor)),
})
const policy = z.strictObject({
  name: text,
  description: text,
  enabled: flag,
  mode: text,
  conditions: maybe(z.array(condition)),
  profiles: texts,
})

/** Keycloak's ClientProfilesRepresentation. */
export const profilesSchema = z.strictObject({
  profiles: maybe(z.array(profile)),
  globalProfiles: maybe(z.array(profile)),
})

/** Keycloak's ClientPoliciesRepresentation. */
export const policiesSchema = z.strictObject({
  policies: maybe(z.array(policy)),
  globalPolicies: maybe(z.array(policy)),
})
