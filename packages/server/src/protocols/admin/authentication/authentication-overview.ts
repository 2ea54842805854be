import type { Clients } from '../../../domains/clients/clients.ts'
import { flowBindings, runsFlow } from '../../../domains/flows/changes/removed-flow.ts'
import type { IdentityProviderSummary } from '../../../domains/identity-providers/identity-provider.ts'
import type { IdentityProviders } from '../../../domains/identity-providers/identity-providers.ts'
import type { Providers } from '../../../domains/providers/providers.ts'
import type { AuthenticationFlow, Realm } from '../../../domains/realms/realm.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { listsFlows, viewsRealm } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { listOf, strings } from '../representations/answer.ts'
import { listedFlowAnswer, requiredActionAnswer } from '../representations/authentication.ts'

interface Deps {
  readonly clients: Pick<Clients, 'list'>
  readonly identityProviders: Pick<IdentityProviders, 'summaries'>
  readonly providers: Providers
}

/** Users of a flow that its line in the list names; a page of its own has all of them. */
const usersShown = 10

/** `/ui-ext/authentication-management`: flows with what uses them, and required actions, as consoles show them. */
export function registerAuthenticationOverview(routes: AdminRoutes<Deps>, deps: Deps): void {
  const path = '/ui-ext/authentication-management'
  routes.add({
    method: 'GET',
    path: `${path}/flows`,
    may: listsFlows,
    answer: listOf(listedFlowAnswer),
    handle: async ({ realm }) => {
      const byFlow = await clientsByFlow(deps, realm)
      const providers = await deps.identityProviders.summaries(realm.id)
      return realm.settings.authenticationFlows
        .filter(({ topLevel, alias }) => topLevel && alias !== 'saml ecp')
        .map((flow) => flowLine(realm, flow, byFlow, providers))
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/required-actions`,
    may: viewsRealm,
    answer: listOf(requiredActionAnswer),
    handle: async ({ realm }) =>
      realm.settings.requiredActions
        .toSorted((a, b) => a.priority - b.priority)
        .map((action) => ({
          ...action,
          configurable:
            (deps.providers.find('required-action', action.providerId)?.properties.length ?? 0) > 0,
        })),
  })
  registerUsers(routes, deps, path)
}

function registerUsers(routes: AdminRoutes<Deps>, deps: Deps, path: string): void {
  for (const type of ['clients', 'idp'] as const) {
    routes.add({
      method: 'GET',
      path: `${path}/${type}/:flowId`,
      may: viewsRealm,
      query: { ...paged, search: 'text' },
      answer: strings,
      handle: async ({ realm, params, query }) => {
        const flow = realm.settings.authenticationFlows.find(({ id }) => id === params['flowId'])
        if (!flow) throw notFound('Could not find flow with id')
        const names =
          type === 'idp'
            ? providersWith(await deps.identityProviders.summaries(realm.id), flow)
            : ((await clientsByFlow(deps, realm)).get(flow.id) ?? [])
        const search = query.text('search')?.toLowerCase() ?? ''
        const found = names.filter((name) => name.toLowerCase().includes(search))
        const { first } = query
        return found.slice(first, first + (query.max() ?? found.length))
      },
    })
  }
}

function flowLine(
  realm: Realm,
  flow: AuthenticationFlow,
  byFlow: ReadonlyMap<string, readonly string[]>,
  providers: readonly IdentityProviderSummary[],
) {
  const { id, alias, builtIn, description } = flow
  return {
    id,
    alias,
    builtIn,
    ...usedBy(realm, flow, byFlow.get(id) ?? [], providers),
    ...(description === undefined ? {} : { description }),
  }
}

function usedBy(
  realm: Realm,
  flow: AuthenticationFlow,
  clients: readonly string[],
  providers: readonly IdentityProviderSummary[],
) {
  if (flowBindings.some((name) => realm.settings[name] === flow.alias)) {
    return { usedBy: { type: 'DEFAULT', values: [flow.alias] } }
  }
  if (clients.length > 0) {
    return { usedBy: { type: 'SPECIFIC_CLIENTS', values: clients.slice(0, usersShown) } }
  }
  const values = providersWith(providers, flow).slice(0, usersShown)
  return values.length > 0 ? { usedBy: { type: 'SPECIFIC_PROVIDERS', values } } : {}
}

function providersWith(
  providers: readonly IdentityProviderSummary[],
  { alias }: AuthenticationFlow,
): string[] {
  return providers.filter((one) => runsFlow(one, alias)).map((one) => one.alias)
}

/** @returns the clients that override a flow of the realm, by the flow's id */
async function clientsByFlow({ clients }: Deps, realm: Realm): Promise<Map<string, string[]>> {
  const byFlow = new Map<string, string[]>()
  for (const { clientId, representation } of await clients.list({ realmId: realm.id })) {
    const overrides = Object.values(representation.authenticationFlowBindingOverrides ?? {})
    for (const id of new Set(overrides)) {
      byFlow.set(id, [...(byFlow.get(id) ?? []), clientId])
    }
  }
  return byFlow
}
