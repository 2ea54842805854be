import {
  componentProviders,
  registrationPolicyType,
} from '../../../domains/components/component-providers.ts'
import { masked } from '../../../domains/realms/secret-members.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { placesOf } from '../../../login/request-places.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { describeComponentType } from '../describe-component-type.ts'
import { managesClient, viewsRealm } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { clientAnswer } from '../representations/client.ts'
import { componentTypeAnswer } from '../representations/component.ts'
import { clientRepresentation } from './client-representation.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clients' | 'providers' | 'registrationTokens' | 'urls'>

/** What lets clients change their own registration, and the policies that registration can have. */
export function registerRegistrationAccess(routes: AdminRoutes<Deps>, deps: Deps): void {
  const path = '/clients/:clientUuid/registration-access-token'
  routes.add({
    method: 'POST',
    path,
    may: managesClient,
    answer: clientAnswer,
    handle: async (call) => {
      const { realm, request } = call
      const client = await requireClient(call)
      const { access: _, ...shown } = await clientRepresentation(client, call.permissions)
      const trace = await call.trace(
        'ACTION',
        'CLIENT',
        `clients/${client.id}/registration-access-token`,
        shown,
      )
      const registrationAccessToken = await deps.registrationTokens.issueFor(
        realm,
        issuerOf(placesOf(deps, request, realm), realm),
        client.id,
        { auth: 'authenticated', origins: [] },
        trace,
      )
      const secret = shown.secret === undefined ? {} : { secret: masked }
      return { ...shown, ...secret, registrationAccessToken }
    },
  })
  routes.add({
    method: 'GET',
    path: '/client-registration-policy/providers',
    may: viewsRealm,
    answer: listOf(componentTypeAnswer),
    handle: async ({ realm }) => {
      const choices: Readonly<Record<string, readonly string[]>> = {
        'allowed-client-scopes': [...realm.clientScopes.map(({ name }) => name), 'openid'],
        'allowed-protocol-mapper-types': deps.providers.of('protocol-mapper').map(({ id }) => id),
      }
      const policies = Object.entries(componentProviders[registrationPolicyType] ?? {})
      return policies.map(([id, { properties }]) => {
        const described = describeComponentType(id, properties)
        return {
          ...described,
          properties: described.properties.map((property) => {
            const options = choices[property.name]
            return options ? { ...property, options } : property
          }),
        }
      })
    },
  })
}
