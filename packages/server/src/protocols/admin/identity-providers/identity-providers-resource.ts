import { z } from 'zod'
import type { JsonObject, Realm } from '../../../domains/realms/realm.ts'
import { anything, flag, integer, text, textMap } from '../../../domains/realms/scalars.ts'
import { shownMembers } from '../../../domains/realms/secret-members.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, duplicateResource, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'

const view = anyOf(['view-identity-providers', 'manage-identity-providers'])
const manage = anyOf(['manage-identity-providers'])

const providerShape = {
  name: 'IdentityProviderRepresentation',
  schema: z.strictObject({
    alias: text,
    displayName: text,
    internalId: text,
    providerId: text,
    enabled: flag,
    updateProfileFirstLoginMode: text,
    updateProfileFirstLogin: flag,
    trustEmail: flag,
    storeToken: flag,
    addReadTokenRoleOnCreate: flag,
    authenticateByDefault: flag,
    linkOnly: flag,
    hideOnLogin: flag,
    firstBrokerLoginFlowAlias: text,
    postBrokerLoginFlowAlias: text,
    organizationId: text,
    guiOrder: integer,
    config: textMap,
    types: anything,
  }),
}
type GivenProvider = z.output<typeof providerShape.schema>
type ProviderBody = GivenProvider | undefined

const mapperShape = {
  name: 'IdentityProviderMapperRepresentation',
  schema: z.strictObject({
    id: text,
    name: text,
    identityProviderAlias: text,
    identityProviderMapper: text,
    config: textMap,
  }),
}
type GivenMapper = z.output<typeof mapperShape.schema>
type MapperBody = GivenMapper | undefined

/** `/identity-provider`: the identity providers of a realm and their mappers, as configuration. */
export function registerIdentityProviders(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/identity-provider/instances',
    may: view,
    handle: async ({ realm, query }) => {
      const search = query.text('search')?.replaceAll(/["*]/g, '').toLowerCase()
      const brief = query.flag('briefRepresentation') ?? false
      const realmOnly = query.flag('realmOnly') ?? false
      const first = query.first ?? 0
      return realm.settings.identityProviders
        .filter((one) => !realmOnly || one['organizationId'] === undefined)
        .filter((one) => !search || String(one['alias']).toLowerCase().includes(search))
        .toSorted((a, b) => (String(a['alias']) < String(b['alias']) ? -1 : 1))
        .slice(first, first + (query.max() ?? Number.MAX_SAFE_INTEGER))
        .map((one) => (brief ? briefProvider(one) : shownProvider(one)))
    },
  })
  routes.add<ProviderBody>({
    method: 'POST',
    path: '/identity-provider/instances',
    may: manage,
    body: providerShape,
    handle: async (call) => {
      const body = call.body ?? ({} as GivenProvider)
      const path = `identity-provider/instances/${body.alias ?? ''}`
      const trace = await call.trace('CREATE', 'IDENTITY_PROVIDER', path, body)
      await deps.identityProviders.create(call.realm, body, trace)
      const alias = encodeURIComponent(body.alias ?? '')
      return created(call.reply, `${call.realmUrl}/identity-provider/instances/${alias}`)
    },
  })
  routes.add({
    method: 'GET',
    path: '/identity-provider/providers/:providerId',
    may: view,
    handle: async ({ params }) => {
      const id = params['providerId'] ?? ''
      const known =
        deps.providers.find('identity_provider', id) ?? deps.providers.find('social', id)
      if (!known) throw badRequest('HTTP 400 Bad Request')
      return { configMetadata: [], configProperties: [], helpText: '', id, name: known.name }
    },
  })
  registerInstance(routes, deps)
  registerMappers(routes, deps)
}

function registerInstance(routes: AdminRoutes, deps: AdminDeps): void {
  const path = '/identity-provider/instances/:alias'
  routes.add({
    method: 'GET',
    path,
    may: view,
    handle: async (call) => shownProvider(requireProvider(call)),
  })
  routes.add<ProviderBody>({
    method: 'PUT',
    path,
    may: manage,
    body: providerShape,
    handle: async (call) => {
      const alias = String(requireProvider(call)['alias'])
      const about = `identity-provider/instances/${alias}`
      const trace = await call.trace('UPDATE', 'IDENTITY_PROVIDER', about, call.body)
      await deps.identityProviders.update(call.realm, alias, call.body ?? {}, trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: manage,
    handle: async (call) => {
      const alias = String(requireProvider(call)['alias'])
      const about = `identity-provider/instances/${alias}`
      const trace = await call.trace('DELETE', 'IDENTITY_PROVIDER', about)
      await deps.identityProviders.remove(call.realm, alias, trace)
    },
  })
}

function registerMappers(routes: AdminRoutes, deps: AdminDeps): void {
  const path = '/identity-provider/instances/:alias/mappers'
  routes.add({
    method: 'GET',
    path,
    may: view,
    handle: async (call) => mappersOf(call),
  })
  routes.add<MapperBody>({
    method: 'POST',
    path,
    may: manage,
    body: mapperShape,
    handle: async (call) => {
      const alias = String(requireProvider(call)['alias'])
      const { body = {} as GivenMapper } = call
      if (body.identityProviderAlias !== alias || !body.name || !body.identityProviderMapper) {
        throw duplicateResource()
      }
      const mapper = mapperOf(body, body.id ?? newUuid(), alias)
      const about = `identity-provider/instances/${alias}/mappers/${String(mapper['id'])}`
      const trace = await call.trace('CREATE', 'IDENTITY_PROVIDER_MAPPER', about, mapper)
      await deps.identityProviders.saveMapper(call.realm, mapper, trace)
      const id = encodeURIComponent(String(mapper['id']))
      const below = `${call.realmUrl}/identity-provider/instances/${encodeURIComponent(alias)}`
      return created(call.reply, `${below}/mappers/${id}`)
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/:mapperId`,
    may: view,
    handle: async (call) => requireMapper(call),
  })
  routes.add<MapperBody>({
    method: 'PUT',
    path: `${path}/:mapperId`,
    may: manage,
    body: mapperShape,
    handle: async (call) => {
      const present = requireMapper(call)
      const alias = String(present['identityProviderAlias'])
      const given = mapperOf(call.body ?? ({} as GivenMapper), String(present['id']), alias)
      const mapper = { ...present, ...given }
      const about = `identity-provider/instances/${alias}/mappers/${String(present['id'])}`
      const trace = await call.trace('UPDATE', 'IDENTITY_PROVIDER_MAPPER', about, mapper)
      await deps.identityProviders.saveMapper(call.realm, mapper, trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:mapperId`,
    may: manage,
    handle: async (call) => {
      const { id, identityProviderAlias } = requireMapper(call)
      const about = `identity-provider/instances/${String(identityProviderAlias)}/mappers/${String(id)}`
      const trace = await call.trace('DELETE', 'IDENTITY_PROVIDER_MAPPER', about)
      await deps.identityProviders.removeMapper(call.realm, String(id), trace)
    },
  })
}

function requireProvider({ realm, params }: AdminCall<unknown>): JsonObject {
  const found = realm.settings.identityProviders.find((one) => one['alias'] === params['alias'])
  if (!found) throw notFound()
  return found
}

function mappersOf(call: AdminCall<unknown>): JsonObject[] {
  const alias = requireProvider(call)['alias']
  const { realm }: { realm: Realm } = call
  return realm.settings.identityProviderMappers.filter(
    (mapper) => mapper['identityProviderAlias'] === alias,
  )
}

function requireMapper(call: AdminCall<unknown>): JsonObject {
  const found = mappersOf(call).find((mapper) => mapper['id'] === call.params['mapperId'])
  if (!found) throw notFound('Model not found')
  return found
}

function mapperOf(body: GivenMapper, id: string, alias: string): JsonObject {
  const config = Object.entries(body.config ?? {}).filter(([, value]) => value !== null)
  return {
    id,
    ...(body.name === undefined ? {} : { name: body.name }),
    identityProviderAlias: alias,
    ...(body.identityProviderMapper === undefined
      ? {}
      : { identityProviderMapper: body.identityProviderMapper }),
    config: Object.fromEntries(config) as Record<string, string>,
  }
}

/** What a provider of each kind can be used for in Keycloak. */
const uses: Readonly<Record<string, readonly string[]>> = {
  oidc: [
    'USER_AUTHENTICATION',
    'CLIENT_ASSERTION',
    'TRUST_MATERIAL',
    'EXCHANGE_EXTERNAL_TOKEN',
    'JWT_AUTHORIZATION_GRANT',
  ],
  saml: ['USER_AUTHENTICATION'],
}

function shownProvider(provider: JsonObject) {
  const config = (provider['config'] ?? {}) as Record<string, string>
  return {
    ...provider,
    config: shownMembers('identityProvider', config),
    types: uses[String(provider['providerId'])] ?? [],
  }
}

function briefProvider({ alias, displayName, internalId, providerId, enabled }: JsonObject) {
  return {
    alias,
    ...(displayName === undefined ? {} : { displayName }),
    internalId,
    providerId,
    enabled,
    config: {},
  }
}
