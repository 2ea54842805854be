import { z } from 'zod'
import {
  ClientPolicies,
  policiesOf,
  profilesOf,
} from '../../../domains/realms/client-policies/client-policies.ts'
import { globalClientProfiles } from '../../../domains/realms/client-policies/global-client-profiles.ts'
import type { JsonObject } from '../../../domains/realms/realm.ts'
import { flag, text, texts } from '../../../domains/realms/scalars.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf, viewsRealm } from '../permission.ts'
import { clientPoliciesAnswer, clientProfilesAnswer } from '../representations/client.ts'

type Deps = Pick<AdminDeps, 'realms'>

const configuration = z.custom<JsonObject>(
  (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
)
const executor = z.strictObject({ executor: text, configuration: configuration.optional() })
const condition = z.strictObject({ condition: text, configuration: configuration.optional() })
const profile = z.strictObject({
  name: text,
  description: text,
  executors: z.array(executor).optional(),
})
const policy = z.strictObject({
  name: text,
  description: text,
  enabled: flag,
  mode: text,
  conditions: z.array(condition).optional(),
  profiles: texts,
})

const profilesShape = {
  name: 'ClientProfilesRepresentation',
  schema: z.strictObject({
    profiles: z.array(profile).optional(),
    globalProfiles: z.array(profile).optional(),
  }),
}
const policiesShape = {
  name: 'ClientPoliciesRepresentation',
  schema: z.strictObject({
    policies: z.array(policy).optional(),
    globalPolicies: z.array(policy).optional(),
  }),
}

/** `/client-policies/profiles` and `/client-policies/policies`. */
export function registerClientPolicies(routes: AdminRoutes<Deps>, deps: Deps): void {
  const clientPolicies = new ClientPolicies(deps.realms)
  const manage = anyOf(['manage-realm'])
  routes.add({
    method: 'GET',
    path: '/client-policies/profiles',
    may: viewsRealm,
    query: { 'include-global-profiles': 'flag' },
    answer: clientProfilesAnswer,
    handle: async ({ realm, query }) => ({
      profiles: profilesOf(realm),
      ...(query.flag('include-global-profiles') ? { globalProfiles: globalClientProfiles } : {}),
    }),
  })
  routes.add({
    method: 'GET',
    path: '/client-policies/policies',
    may: viewsRealm,
    query: { 'include-global-policies': 'flag' },
    answer: clientPoliciesAnswer,
    handle: async ({ realm, query }) => ({
      policies: policiesOf(realm),
      ...(query.flag('include-global-policies') ? { globalPolicies: [] } : {}),
    }),
  })
  routes.add<z.output<typeof profilesShape.schema> | undefined>({
    method: 'PUT',
    path: '/client-policies/profiles',
    may: manage,
    body: profilesShape,
    event: { operation: 'UPDATE', resourceType: 'REALM' },
    handle: async (call) => {
      const { profiles = [], globalProfiles } = call.body ?? {}
      const own = JSON.stringify(globalClientProfiles)
      if (globalProfiles && JSON.stringify(globalProfiles) !== own) {
        throw refused(400, 'Global profiles cannot be updated')
      }
      await clientPolicies.setProfiles(call.realm, profiles, await call.ownTrace())
    },
  })
  routes.add<z.output<typeof policiesShape.schema> | undefined>({
    method: 'PUT',
    path: '/client-policies/policies',
    may: manage,
    body: policiesShape,
    event: { operation: 'UPDATE', resourceType: 'REALM' },
    handle: async (call) => {
      const { policies = [] } = call.body ?? {}
      await clientPolicies.setPolicies(call.realm, policies, await call.ownTrace())
    },
  })
}
