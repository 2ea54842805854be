import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import { masterRealmName } from '../administration/administration.ts'
import { completeClient } from '../clients/client-defaults.ts'
import { withScopes } from '../clients/client-scope-names.ts'
import { checkedComponent } from '../components/checked-component.ts'
import type { ComponentSurroundings } from '../components/component-provider.ts'
import { componentProvider } from '../components/component-providers.ts'
import type { KeyStock } from '../keys/key-stock.ts'
import type { AuthenticationFlow, Component } from '../realms/realm.ts'
import { defaultClientScopes, defaultScopeNames } from './defaults/client-scopes.ts'
import { defaultClients } from './defaults/clients.ts'
import {
  defaultKeys,
  defaultRegistrationPolicies,
  keyProviderType,
  registrationPolicyType,
  userProfileType,
} from './defaults/components.ts'
import { defaultAuthenticatorConfigs, defaultFlowBindings, defaultFlows } from './defaults/flows.ts'
import { defaultRequiredActions } from './defaults/required-actions.ts'
import { defaultClientRoles, defaultRealmRoles, defaultUserRole } from './defaults/roles.ts'
import { defaultSettings } from './defaults/settings.ts'
import { masterUserProfile } from './defaults/user-profile.ts'
import { withMappedRoles } from './mapped-roles.ts'
import type {
  ClientExport,
  ComponentExport,
  GroupRepresentation,
  RealmRepresentation,
  RoleRepresentation,
} from './representation.ts'

/** A representation in which everything that Keycloak would add is there. */
export interface CompleteRealm extends RealmRepresentation {
  id: string
  enabled: boolean
  roles: { realm: RoleRepresentation[]; client: Record<string, RoleRepresentation[]> }
  defaultRole: RoleRepresentation
  clients: ClientExport[]
  /** Flat, with parents; in place of the nested `components`. */
  componentList: Component[]
}

/** Where the keys and times of a new realm come from. */
export interface RealmCompletion {
  readonly clock: Clock
  readonly keyStock: Pick<KeyStock, 'take'>
}

/**
 * Adds to a representation what Keycloak adds when it creates or imports a realm: settings, flows, required actions,
 * client scopes, built-in clients with their roles, keys and registration policies. What is there stays as it is.
 * @param representation `{"realm":"fresh","enabled":true}` up to a full export; not changed
 */
export async function completeRealm(
  representation: RealmRepresentation,
  { clock, keyStock }: RealmCompletion,
): Promise<CompleteRealm> {
  const given = withoutNulls(representation)
  const isMaster = given.realm === masterRealmName
  const id = given.id ?? newUuid()
  const settings = defaultSettings()
  const complete: CompleteRealm = {
    ...settings,
    ...(isMaster ? masterSettings() : {}),
    ...defaultFlowBindings,
    ...given,
    id,
    enabled: given.enabled ?? false,
    attributes: { ...(isMaster ? {} : settings.attributes), ...given.attributes },
    ...completeFlows(given, isMaster),
    requiredActions: given.requiredActions ?? defaultRequiredActions(),
    ...completeScopes(given),
    ...completeRoles(given, isMaster),
    ...(given.organizations ? { organizations: given.organizations.map(withId) } : {}),
    clients: [],
    componentList: await completeComponents(given, id, isMaster, keyStock),
  }
  if (isMaster)
    complete.attributes = { ...masterAttributes(settings.attributes), ...given.attributes }
  complete.clients = completeClients(given, complete, isMaster, clock)
  complete.scopeMappings ??= [{ clientScope: 'offline_access', roles: ['offline_access'] }]
  complete.clientScopeMappings ??= {
    account: [{ client: 'account-console', roles: ['manage-account', 'view-groups'] }],
  }
  complete.roles = withMappedRoles(complete.roles, complete)
  return complete
}

function withId<T extends { id?: string }>(given: T): T & { id: string } {
  return { ...given, id: given.id ?? newUuid() }
}

function masterSettings() {
  return {
    displayName: 'Keycloak',
    displayNameHtml: '<div class="kc-logo-text"><span>Keycloak</span></div>',
    accessTokenLifespan: 60,
  }
}

/** Master is made before device flow settings become attributes; Keycloak's export shows that. */
function masterAttributes(attributes: Record<string, string>): Record<string, string> {
  const { oauth2DeviceCodeLifespan: _, oauth2DevicePollingInterval: __, ...rest } = attributes
  return rest
}

/** Null counts as absent. */
function withoutNulls(given: RealmRepresentation): RealmRepresentation {
  const members = Object.entries(given).filter(([, value]) => value !== undefined && value !== null)
  return { ...(Object.fromEntries(members) as RealmRepresentation), realm: given.realm }
}

function completeFlows(given: RealmRepresentation, isMaster: boolean) {
  if (!given.authenticationFlows) {
    return {
      authenticationFlows: defaultFlows(!isMaster),
      authenticatorConfig: given.authenticatorConfig ?? defaultAuthenticatorConfigs(),
    }
  }
  const flows = given.authenticationFlows.map(
    (flow): AuthenticationFlow => ({
      providerId: 'basic-flow',
      topLevel: false,
      builtIn: false,
      authenticationExecutions: [],
      ...flow,
      id: flow.id ?? newUuid(),
    }),
  )
  // A binding that names a built-in flow which the representation lacks would leave the realm without it.
  const bound = new Set(
    Object.entries(defaultFlowBindings).map(([key, alias]) => given[key] ?? alias),
  )
  const aliases = new Set(flows.map((flow) => flow.alias))
  const missing = [...bound].filter((alias) => !aliases.has(String(alias)))
  const added =
    missing.length > 0 ? defaultFlows(!isMaster).filter((f) => !aliases.has(f.alias)) : []
  const configs = (given.authenticatorConfig ?? []).map((config) => ({
    ...config,
    id: config.id ?? newUuid(),
  }))
  const known = new Set(configs.map((config) => config.alias))
  const addedConfigs = added.length > 0 ? defaultAuthenticatorConfigs() : []
  return {
    authenticationFlows: [...flows, ...added],
    authenticatorConfig: [...configs, ...addedConfigs.filter(({ alias }) => !known.has(alias))],
  }
}

function completeScopes(given: RealmRepresentation) {
  const own = given.clientScopes !== undefined
  return {
    clientScopes: given.clientScopes ?? defaultClientScopes(),
    defaultDefaultClientScopes:
      given.defaultDefaultClientScopes ??
      (own ? [] : [...defaultScopeNames.defaultDefaultClientScopes]),
    defaultOptionalClientScopes:
      given.defaultOptionalClientScopes ??
      (own ? [] : [...defaultScopeNames.defaultOptionalClientScopes]),
  }
}

function completeRoles(given: RealmRepresentation, isMaster: boolean) {
  const realm = merged(given.roles?.realm ?? [], defaultRealmRoles(isMaster))
  const name = given.defaultRole?.name ?? `default-roles-${given.realm.toLowerCase()}`
  const present = realm.find((role) => role.name === name)
  const defaultRole = present ?? {
    ...defaultUserRole(given.realm, given.defaultRoles),
    ...given.defaultRole,
    name,
  }
  const client: Record<string, RoleRepresentation[]> = { ...given.roles?.client }
  for (const [clientId, roles] of Object.entries(defaultClientRoles(isMaster))) {
    client[clientId] = merged(client[clientId] ?? [], roles)
  }
  return {
    roles: { realm: present ? realm : [...realm, defaultRole], client },
    defaultRole,
  }
}

/** The given roles, and those of the defaults whose names are not among them. */
function merged(given: readonly RoleRepresentation[], defaults: readonly RoleRepresentation[]) {
  const names = new Set(given.map((role) => role.name))
  return [...given, ...defaults.filter((role) => !names.has(role.name))]
}

function completeClients(
  given: RealmRepresentation,
  complete: CompleteRealm,
  isMaster: boolean,
  clock: Clock,
): ClientExport[] {
  const present = new Set(given.clients?.map((client) => client.clientId))
  const protocols = new Map(
    complete.clientScopes?.map((scope) => [scope.name, scope.protocol ?? 'openid-connect']),
  )
  const builtIn = defaultClients(given.realm, isMaster)
    .filter((client) => !present.has(client.clientId))
    .map((client) => ({
      ...client,
      defaultClientScopes: client.defaultClientScopes?.filter((name) => protocols.has(name)) ?? [],
      optionalClientScopes:
        client.optionalClientScopes?.filter((name) => protocols.has(name)) ?? [],
    }))
  const own = (given.clients ?? []).map(
    ({ id = newUuid(), clientId, enabled = true, ...rest }) => ({
      ...withScopes(completeClient(rest, clock), complete, protocols),
      id,
      clientId,
      enabled,
    }),
  )
  return [...own, ...builtIn]
}

async function completeComponents(
  given: RealmRepresentation,
  realmId: string,
  isMaster: boolean,
  stock: Pick<KeyStock, 'take'>,
) {
  const surroundings = surroundingsOf(given)
  const list = await Promise.all(
    flattened(given.components ?? {}, realmId).map(async (component) => {
      // What belongs to an extension that is not here is kept for the way back.
      const known = componentProvider(component.providerType, component.providerId)
      return known ? await checkedComponent(component, surroundings, stock) : component
    }),
  )
  const has = (type: string) => list.some((component) => component.providerType === type)
  if (!has(keyProviderType)) list.push(...(await defaultKeys(realmId, given.realm, stock)))
  if (given.components === undefined && !has(registrationPolicyType)) {
    list.push(...defaultRegistrationPolicies(realmId))
  }
  if (isMaster && !has(userProfileType)) {
    list.push({
      id: newUuid(),
      parentId: realmId,
      providerType: userProfileType,
      providerId: 'declarative-user-profile',
      config: { 'kc.user.profile.config': [masterUserProfile()] },
    })
  }
  return list
}

/** What the components of a representation may refer to. */
function surroundingsOf(given: RealmRepresentation): ComponentSurroundings {
  const scopes = completeScopes(given).clientScopes
  const roles = new Set(given.roles?.realm?.map(({ name }) => name))
  for (const [clientId, ofClient] of Object.entries(given.roles?.client ?? {})) {
    for (const { name } of ofClient) roles.add(`${clientId}.${name}`)
  }
  const paths = new Set<string>()
  const visit = (groups: readonly GroupRepresentation[], above: string) => {
    for (const { name, subGroups = [] } of groups) {
      paths.add(`${above}/${name}`)
      visit(subGroups, `${above}/${name}`)
    }
  }
  visit(given.groups ?? [], '')
  return {
    realmName: given.realm,
    clientScopeNames: new Set(scopes.map(({ name }) => name)),
    hasRole: async (name) => roles.has(name),
    hasGroup: async (path) => paths.has(path),
  }
}

/** @returns nested components as a flat list in which each names its parent */
function flattened(nested: Record<string, ComponentExport[]>, parentId: string): Component[] {
  return Object.entries(nested).flatMap(([providerType, components]) =>
    components.flatMap((component) => {
      const id = component.id ?? newUuid()
      const { subComponents, config, ...rest } = component
      const own: Component = { ...rest, id, parentId, providerType, config: config ?? {} }
      return [own, ...flattened(subComponents ?? {}, id)]
    }),
  )
}
