import type {
  IdentityProvider,
  IdentityProviderMapper,
} from '../../../domains/identity-providers/identity-provider.ts'
import {
  identityProviderMapperRepresentation,
  identityProviderMapperRow,
  identityProviderRepresentation,
  kindsFor,
} from '../../../domains/identity-providers/identity-provider-representation.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import { shownMembers } from '../../../domains/realms/secret-members.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, duplicateResource, notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import {
  type IdentityProviderBody,
  type IdentityProviderMapperBody,
  identityProviderAnswer,
  identityProviderKindAnswer,
  identityProviderMapperAnswer,
  identityProviderMapperShape,
  identityProviderShape,
} from '../representations/identity-provider.ts'
import { requireProvider } from './require-provider.ts'

type Deps = Pick<AdminDeps, 'identityProviders' | 'providers'>

const view = anyOf(['view-identity-providers', 'manage-identity-providers'])
const manage = anyOf(['manage-identity-providers'])

type ProviderBody = IdentityProviderBody | undefined
type MapperBody = IdentityProviderMapperBody | undefined

/** `/identity-provider`: the identity providers of a realm and their mappers, as configuration. */
export function registerIdentityProviders(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/identity-provider/instances',
    may: view,
    query: {
      ...paged,
      search: 'text',
      realmOnly: 'flag',
      briefRepresentation: 'flag',
      type: 'text',
      capability: 'text',
    },
    answer: listOf(identityProviderAnswer),
    handle: async ({ realm, query }) => {
      const brief = query.flag('briefRepresentation') ?? false
      const kinds = kindsFor(query.text('type') || 'ANY')
      if (kinds === undefined) throw badRequest('HTTP 400 Bad Request')
      const page = await deps.identityProviders.list({
        realmId: realm.id,
        kinds: kinds ?? undefined,
        search: query.text('search')?.replaceAll(/["*]/g, ''),
        realmOnly: query.flag('realmOnly'),
        first: query.first,
        max: query.max(),
      })
      return page.map((one) => (brief ? briefProvider(one) : shownProvider(one)))
    },
  })
  routes.add<ProviderBody>({
    method: 'POST',
    path: '/identity-provider/instances',
    may: manage,
    body: identityProviderShape,
    handle: async (call) => {
      const given = call.body ?? ({} as IdentityProviderBody)
      const body = { ...given, internalId: given.internalId ?? newUuid() }
      const path = `identity-provider/instances/${body.alias ?? ''}`
      const trace = await call.trace('CREATE', 'IDENTITY_PROVIDER', path, body)
      await deps.identityProviders.create(
        call.realm.id,
        body,
        (id) => kindOf(deps, id) !== undefined,
        trace,
      )
      const alias = encodeURIComponent(body.alias ?? '')
      return created(call.reply, `${call.realmUrl}/identity-provider/instances/${alias}`)
    },
  })
  routes.add({
    method: 'GET',
    path: '/identity-provider/providers/:providerId',
    may: view,
    answer: identityProviderKindAnswer,
    handle: async ({ params }) => {
      const id = params['providerId'] ?? ''
      const known = kindOf(deps, id)
      if (!known) throw badRequest('HTTP 400 Bad Request')
      return {
        configMetadata: [],
        configProperties: [],
        helpText: known.help,
        id,
        name: known.name,
      }
    },
  })
  registerInstance(routes, deps)
  registerMappers(routes, deps)
}

function registerInstance(routes: AdminRoutes<Deps>, deps: Deps): void {
  const path = '/identity-provider/instances/:alias'
  routes.add({
    method: 'GET',
    path,
    may: view,
    answer: identityProviderAnswer,
    handle: async (call) => shownProvider(await requireProvider(deps, call)),
  })
  routes.add<ProviderBody>({
    method: 'PUT',
    path,
    may: manage,
    body: identityProviderShape,
    handle: async (call) => {
      const { alias, id: internalId } = await requireProvider(deps, call)
      const about = `identity-provider/instances/${alias}`
      const sent = { ...call.body, internalId }
      const trace = await call.trace('UPDATE', 'IDENTITY_PROVIDER', about, sent)
      await deps.identityProviders.update(call.realm.id, alias, call.body ?? {}, trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: manage,
    handle: async (call) => {
      const { alias } = await requireProvider(deps, call)
      const about = `identity-provider/instances/${alias}`
      const trace = await call.trace('DELETE', 'IDENTITY_PROVIDER', about)
      await deps.identityProviders.remove(call.realm.id, alias, trace)
    },
  })
}

function registerMappers(routes: AdminRoutes<Deps>, deps: Deps): void {
  const path = '/identity-provider/instances/:alias/mappers'
  routes.add({
    method: 'GET',
    path,
    may: view,
    answer: listOf(identityProviderMapperAnswer),
    handle: async (call) => (await mappersOf(deps, call)).map(identityProviderMapperRepresentation),
  })
  routes.add<MapperBody>({
    method: 'POST',
    path,
    may: manage,
    body: identityProviderMapperShape,
    handle: async (call) => {
      const { alias, providerId } = await requireProvider(deps, call)
      const { body = {} as IdentityProviderMapperBody } = call
      if (body.identityProviderAlias !== alias || !body.name || !body.identityProviderMapper) {
        throw duplicateResource()
      }
      const mapper = identityProviderMapperRow(call.realm.id, body)
      const about = `identity-provider/instances/${alias}/mappers/${mapper.id}`
      const trace = await call.trace('CREATE', 'IDENTITY_PROVIDER_MAPPER', about, body)
      await deps.identityProviders.createMapper(mapper, trace).catch((error: unknown) => {
        if (!(error instanceof ModelError) || error.reason !== 'duplicate') throw error
        throw refused(
          400,
          `Failed to add mapper '${mapper.name}' to identity provider [${providerId}].`,
        )
      })
      const id = encodeURIComponent(mapper.id)
      const below = `${call.realmUrl}/identity-provider/instances/${encodeURIComponent(alias)}`
      return created(call.reply, `${below}/mappers/${id}`)
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/:mapperId`,
    may: view,
    answer: identityProviderMapperAnswer,
    handle: async (call) => identityProviderMapperRepresentation(await requireMapper(deps, call)),
  })
  routes.add<MapperBody>({
    method: 'PUT',
    path: `${path}/:mapperId`,
    may: manage,
    body: identityProviderMapperShape,
    handle: async (call) => {
      const present = await requireMapper(deps, call)
      const { id, alias } = present
      const { body = {} as IdentityProviderMapperBody } = call
      const mapper = identityProviderMapperRow(call.realm.id, {
        ...identityProviderMapperRepresentation(present),
        ...body,
        id,
        identityProviderAlias: alias,
        name: body.name ?? present.name,
        identityProviderMapper: body.identityProviderMapper ?? present.mapper,
        config: body.config ?? {},
      })
      const about = `identity-provider/instances/${alias}/mappers/${id}`
      const shown = identityProviderMapperRepresentation(mapper)
      const trace = await call.trace('UPDATE', 'IDENTITY_PROVIDER_MAPPER', about, shown)
      await deps.identityProviders.updateMapper(mapper, trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:mapperId`,
    may: manage,
    handle: async (call) => {
      const { id, alias } = await requireMapper(deps, call)
      const about = `identity-provider/instances/${alias}/mappers/${id}`
      const trace = await call.trace('DELETE', 'IDENTITY_PROVIDER_MAPPER', about)
      await deps.identityProviders.removeMapper(call.realm.id, id, trace)
    },
  })
}

function kindOf({ providers }: Deps, id: string) {
  return providers.find('identity_provider', id) ?? providers.find('social', id)
}

async function mappersOf(
  deps: Deps,
  call: AdminCall<unknown, Deps>,
): Promise<IdentityProviderMapper[]> {
  const { alias } = await requireProvider(deps, call)
  return await deps.identityProviders.mappers(call.realm.id, alias)
}

async function requireMapper(
  deps: Deps,
  call: AdminCall<unknown, Deps>,
): Promise<IdentityProviderMapper> {
  const { mapperId } = call.params
  const found = (await mappersOf(deps, call)).find(({ id }) => id === mapperId)
  if (!found) throw notFound('Model not found')
  return found
}

function shownProvider(provider: IdentityProvider) {
  return {
    ...identityProviderRepresentation(provider),
    config: shownMembers('identityProvider', provider.config),
  }
}

function briefProvider({ id, alias, providerId, enabled, members }: IdentityProvider) {
  const { displayName } = members
  return {
    alias,
    ...(displayName === undefined ? {} : { displayName }),
    internalId: id,
    providerId,
    enabled,
    config: {},
  }
}
