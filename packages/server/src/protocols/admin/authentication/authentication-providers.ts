import { z } from 'zod'
import type { Provider } from '../../../domains/providers/provider.ts'
import type { ProviderKind, Providers } from '../../../domains/providers/providers.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf, viewsRealm } from '../permission.ts'
import { listOf, string } from '../representations/answer.ts'
import { describedStepAnswer, stepKindAnswer } from '../representations/authentication.ts'
import { propertyAnswer } from '../representations/component.ts'
import { propertyRepresentation } from '../server-info/provider-descriptions.ts'

interface Deps {
  readonly providers: Providers
}

/** Kinds that executions of flows may be of. */
export const executionKinds = [
  'authenticator',
  'form-action',
  'client-authenticator',
  'form-authenticator',
] as const satisfies readonly ProviderKind[]

const viewsClientAuthenticators = anyOf([
  'view-realm',
  'manage-realm',
  'view-clients',
  'manage-clients',
  'query-clients',
])

/** Which authenticators, forms and actions there are, and what is configured of each. */
export function registerAuthenticationProviders(
  routes: AdminRoutes<Deps>,
  { providers }: Deps,
): void {
  const lists = [
    ['authenticator-providers', 'authenticator'],
    ['form-providers', 'form-authenticator'],
    ['form-action-providers', 'form-action'],
  ] as const
  for (const [path, kind] of lists) {
    routes.add({
      method: 'GET',
      path: `/authentication/${path}`,
      may: viewsRealm,
      answer: listOf(stepKindAnswer),
      handle: async () => providers.of(kind).map(brief),
    })
  }
  routes.add({
    method: 'GET',
    path: '/authentication/client-authenticator-providers',
    may: viewsClientAuthenticators,
    answer: listOf(stepKindAnswer),
    handle: async () =>
      providers.of('client-authenticator').map(({ supportsSecret = false, ...provider }) => ({
        supportsSecret,
        ...brief(provider),
      })),
  })
  routes.add({
    method: 'GET',
    path: '/authentication/per-client-config-description',
    may: viewsClientAuthenticators,
    answer: z.record(string, listOf(propertyAnswer)),
    handle: async () => {
      const described = providers
        .of('client-authenticator')
        .map(({ id, clientProperties = [] }) => [id, clientProperties.map(propertyRepresentation)])
      return Object.fromEntries(described)
    },
  })
  routes.add({
    method: 'GET',
    path: '/authentication/config-description/:providerId',
    may: viewsRealm,
    answer: describedStepAnswer,
    handle: async ({ params }) => {
      const provider = executionProvider(providers, params['providerId'] ?? '')
      if (!provider) throw notFound('Could not find authenticator provider')
      const { id, name, help, properties } = provider
      return {
        name,
        providerId: id,
        helpText: help,
        properties: properties.map(propertyRepresentation),
      }
    },
  })
}

/** @returns what an execution of that id is; undefined when there is no such provider */
export function executionProvider(providers: Providers, id: string): Provider | undefined {
  for (const kind of executionKinds) {
    const found = providers.find(kind, id)
    if (found) return found
  }
  return undefined
}

function brief({ id, name, help }: Pick<Provider, 'help' | 'id' | 'name'>) {
  return { displayName: name, description: help, id }
}
