import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import {
  ClientPolicies,
  policiesOf,
  profilesOf,
} from '../../../domains/realms/client-policies/client-policies.ts'
import {
  policiesSchema,
  profilesSchema,
} from '../../../domains/realms/client-policies/client-policy-schema.ts'
import { globalClientProfiles } from '../../../domains/realms/client-policies/global-client-profiles.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { hasFeature } from '../../../domains/realms/realm-features.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { featureNotEnabled } from '../feature-not-enabled.ts'
import { anyOf, viewsRealm } from '../permission.ts'
import { clientPoliciesAnswer, clientProfilesAnswer } from '../representations/client.ts'

type Deps = Pick<AdminDeps, 'realms'>

const profilesShape = { name: 'ClientProfilesRepresentation', schema: profilesSchema }
const policiesShape = { name: 'ClientPoliciesRepresentation', schema: policiesSchema }

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
    handle: async ({ realm, query }) => {
      requireFeature(realm)
      return {
        profiles: profilesOf(realm),
        ...(query.flag('include-global-profiles') ? { globalProfiles: globalClientProfiles } : {}),
      }
    },
  })
  routes.add({
    method: 'GET',
    path: '/client-policies/policies',
    may: viewsRealm,
    query: { 'include-global-policies': 'flag' },
    answer: clientPoliciesAnswer,
    handle: async ({ realm, query }) => {
      requireFeature(realm)
      return {
        policies: policiesOf(realm),
        ...(query.flag('include-global-policies') ? { globalPolicies: [] } : {}),
      }
    },
  })
  routes.add<z.output<typeof profilesSchema> | undefined>({
    method: 'PUT',
    path: '/client-policies/profiles',
    may: manage,
    body: profilesShape,
    event: { operation: 'UPDATE', resourceType: 'REALM' },
    handle: async (call) => {
      requireFeature(call.realm)
      const { profiles = [], globalProfiles = [] } = call.body ?? {}
      const isOurs = isDeepStrictEqual(globalProfiles, globalClientProfiles)
      if (globalProfiles.length > 0 && !isOurs) {
        throw refused(400, 'Global profiles cannot be updated')
      }
      await clientPolicies.setProfiles(call.realm, profiles, await call.ownTrace())
    },
  })
  routes.add<z.output<typeof policiesSchema> | undefined>({
    method: 'PUT',
    path: '/client-policies/policies',
    may: manage,
    body: policiesShape,
    event: { operation: 'UPDATE', resourceType: 'REALM' },
    handle: async (call) => {
      requireFeature(call.realm)
      const { policies = [], globalPolicies = [] } = call.body ?? {}
      if (globalPolicies.length > 0) throw refused(400, 'Global policies cannot be updated')
      await clientPolicies.setPolicies(call.realm, policies, await call.ownTrace())
    },
  })
}

function requireFeature(realm: Realm): void {
  if (!hasFeature(realm, 'CLIENT_POLICIES')) throw featureNotEnabled()
}
