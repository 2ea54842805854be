import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import { masterRealmName } from '../administration/administration.ts'
import { administrationRoleNames } from '../administration/administration-roles.ts'
import { signingAlgorithms } from '../clients/signing-algorithms.ts'
import { checkedComponent } from '../components/checked-component.ts'
import type { ComponentSurroundings } from '../components/component-provider.ts'
import { componentProvider } from '../components/component-providers.ts'
import { algorithmsWithoutKey, fallbackKey } from '../keys/fallback-key.ts'
import type { KeyStock } from '../keys/key-stock.ts'
import { requireSignatureAlgorithm } from '../keys/signature-algorithm.ts'
import { changedOrganization } from '../organizations/given-organization.ts'
import { filledTexts } from '../realms/filled-texts.ts'
import { mirroredAttributes } from '../realms/mirrored-attributes.ts'
import { otpApplications } from '../realms/otp-applications.ts'
import type { AuthenticatorConfig, Component, RequiredAction } from '../realms/realm.ts'
import { requireBoundedSettings } from '../realms/realm-limits.ts'
import type { ClientId, RealmId } from '../typed-ids.ts'
import type { CompleteRealm } from './complete-representation.ts'
import { completedClient, completedScope } from './completed-client.ts'
import { defaultClientScopes, defaultScopeNames } from './defaults/client-scopes.ts'
import {
  adminPermissionsClient,
  adminPermissionsSettings,
  defaultClients,
} from './defaults/clients.ts'
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
import { migrateRealm } from './migration/migrate-realm.ts'
import { readFlows } from './migration/old-flows.ts'
import { withProtectionRoles } from './protection-roles.ts'
import type {
  ClientExport,
  ComponentExport,
  GroupRepresentation,
  RealmRepresentation,
  RoleRepresentation,
} from './representation.ts'

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
  // Before anything costs something: keys are made below.
  requireBoundedSettings({ ...settings, ...given })
  for (const organization of given.organizations ?? []) changedOrganization(null, organization)
  requireSignatureAlgorithm(given['defaultSignatureAlgorithm'])
  const complete: CompleteRealm = {
    ...settings,
    ...(isMaster ? masterSettings() : {}),
    ...defaultFlowBindings,
    ...given,
    id,
    enabled: given.enabled ?? false,
    attributes: { ...(isMaster ? {} : settings.attributes), ...given.attributes },
    browserSecurityHeaders: {
      ...settings.browserSecurityHeaders,
      ...filledTexts(given['browserSecurityHeaders'] as Record<string, string | null> | undefined),
    },
    otpSupportedApplications: otpApplications({ ...settings, ...given }),
    ...completeFlows(given, isMaster),
    requiredActions: completeActions(given),
    ...completeScopes(given),
    ...completeRoles(given, isMaster),
    ...(given.organizations ? { organizations: given.organizations.map(withId) } : {}),
    clients: [],
    componentList: await completeComponents(given, id, isMaster, keyStock),
  }
  if (isMaster)
    complete.attributes = { ...masterAttributes(settings.attributes), ...given.attributes }
  const { attributes = {} } = complete
  Object.assign(complete, mirroredAttributes({ attributes }, given))
  complete.clients = completeClients(given, complete, isMaster, clock)
  Object.assign(complete, completeMappings(given))
  complete.roles = withProtectionRoles(withMappedRoles(complete.roles, complete), complete.clients)
  await migrateRealm(complete, keyStock)
  await addWantedKeys(complete, keyStock)
  return complete
}

/** What clients want their answers signed with stands among the published keys from the beginning. */
async function addWantedKeys(realm: CompleteRealm, keyStock: RealmCompletion['keyStock']) {
  const wanted = realm.clients.flatMap(({ attributes }) => signingAlgorithms(attributes))
  const named = { id: realm.id, name: realm.realm }
  for (const algorithm of algorithmsWithoutKey(realm.componentList, wanted)) {
    realm.componentList.push(await fallbackKey(named, algorithm, keyStock))
  }
}

function withId<T extends { id?: string }>(given: T): T & { id: string } {
  return { ...given, id: given.id ?? newUuid() }
}

function masterSettings() {
  return {
    displayName: 'Holdfast',
    displayNameHtml: '<div class="kc-logo-text"><span>Holdfast</span></div>',
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
  if (!given.authenticationFlows?.length) {
    return {
      authenticationFlows: defaultFlows(!isMaster),
      authenticatorConfig: [
        ...withIds(given.authenticatorConfig ?? []),
        ...missingConfigs(given.authenticatorConfig ?? []),
      ],
    }
  }
  const flows = readFlows(given.authenticationFlows)
  // A binding that names a built-in flow which the representation lacks would leave the realm without it.
  const bound = Object.entries(defaultFlowBindings).map(([key, alias]) => given[key] ?? alias)
  const aliases = new Set(flows.map((flow) => flow.alias))
  const missing = bound.some((alias) => !aliases.has(String(alias)))
  const added = missing ? defaultFlows(!isMaster).filter((flow) => !aliases.has(flow.alias)) : []
  const configs = withIds(given.authenticatorConfig ?? [])
  return {
    authenticationFlows: [...flows, ...added],
    authenticatorConfig: [...configs, ...(added.length > 0 ? missingConfigs(configs) : [])],
  }
}

function withIds(configs: readonly AuthenticatorConfig[]): AuthenticatorConfig[] {
  return configs.map((config) => ({
    ...config,
    id: config.id ?? newUuid(),
    config: config.config ?? {},
  }))
}

function missingConfigs(present: readonly AuthenticatorConfig[]): AuthenticatorConfig[] {
  const known = new Set(present.map(({ alias }) => alias))
  return defaultAuthenticatorConfigs().filter(({ alias }) => !known.has(alias))
}

/** Deleting one's account is a required action of every realm, switched off unless the representation has it. */
function completeActions({ requiredActions }: RealmRepresentation): RequiredAction[] {
  const defaults = defaultRequiredActions()
  if (!requiredActions) return defaults
  const actions = requiredActions.map((action) => ({
    ...action,
    name: action.name ?? action.alias,
    providerId: action.providerId ?? action.alias,
    enabled: action.enabled ?? false,
    defaultAction: action.defaultAction ?? false,
    priority: action.priority ?? 0,
    config: action.config ?? {},
  }))
  if (actions.some(({ alias }) => alias === 'delete_account')) return actions
  return [...actions, ...defaults.filter(({ alias }) => alias === 'delete_account')]
}

/** `offline_access` is a scope of every realm. */
function completeScopes(given: RealmRepresentation) {
  const own = given.clientScopes?.map(completedScope)
  const builtIn = defaultClientScopes()
  const hasOffline = own?.some(({ name }) => name === 'offline_access') ?? true
  const offline = hasOffline ? [] : builtIn.filter(({ name }) => name === 'offline_access')
  const names = own ? { byDefault: [], optional: offline.map(({ name }) => name) } : ofNewRealm
  return {
    clientScopes: own ? [...own, ...offline] : builtIn,
    defaultDefaultClientScopes: given.defaultDefaultClientScopes ?? [...names.byDefault],
    defaultOptionalClientScopes: given.defaultOptionalClientScopes ?? [...names.optional],
  }
}

const ofNewRealm = {
  byDefault: defaultScopeNames.defaultDefaultClientScopes,
  optional: defaultScopeNames.defaultOptionalClientScopes,
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
  const clientIds = new Set(given.clients?.map(({ clientId }) => clientId))
  for (const [clientId, roles] of Object.entries(defaultClientRoles(isMaster))) {
    const added = clientIds.has(clientId)
      ? roles.filter(
          (role) => completedRoles.has(`${clientId} ${role.name}`) || administers(clientId),
        )
      : roles
    client[clientId] = merged(client[clientId] ?? [], added)
  }
  const owner = isMaster ? 'master-realm' : 'realm-management'
  const composite = isMaster ? realm.find((role) => role.name === 'admin') : undefined
  const administrator = composite ?? client[owner]?.find((role) => role.name === 'realm-admin')
  const roles = { realm: present ? realm : [...realm, defaultRole], client }
  if (administrator) replace(roles, owner, administrator)
  for (const role of given.defaultRoles ?? []) {
    if (!roles.realm.some((one) => one.name === role)) roles.realm.push({ name: role })
  }
  return { roles, defaultRole }
}

/** Roles that are added to a client which the representation has. */
const completedRoles: ReadonlySet<string> = new Set(['account delete-account'])

const administers = (clientId: ClientId) =>
  clientId === 'realm-management' || clientId === 'master-realm'

/** Who administers a realm may do all that there is to do now, whatever there was at the time of the export. */
function replace(
  roles: { realm: RoleRepresentation[]; client: Record<string, RoleRepresentation[]> },
  owner: string,
  administrator: RoleRepresentation,
): void {
  const { realm, client = {} } = administrator.composites ?? {}
  const all = [...new Set([...(client[owner] ?? []), ...administrationRoleNames])]
  const composites = { ...(realm ? { realm } : {}), client: { ...client, [owner]: all } }
  const complete = { ...administrator, composite: true, composites }
  const swapped = (list: readonly RoleRepresentation[]) =>
    list.map((role) => (role === administrator ? complete : role))
  roles.realm = swapped(roles.realm)
  roles.client[owner] = swapped(roles.client[owner] ?? [])
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
  const known = (names: readonly string[] = []) => names.filter((name) => protocols.has(name))
  const ofPermissions = {
    ...adminPermissionsClient(),
    authorizationSettings: adminPermissionsSettings(),
  }
  const builtIn = [
    ...defaultClients(given.realm, isMaster),
    ...(given['adminPermissionsEnabled'] === true ? [ofPermissions] : []),
  ]
    .filter((client) => !present.has(client.clientId))
    .map((client) => ({
      ...client,
      defaultClientScopes: known(client.defaultClientScopes),
      optionalClientScopes: known(client.optionalClientScopes),
    }))
  const own = (given.clients ?? []).map((client) =>
    completedClient(withLogoutUris(client), complete, protocols, clock),
  )
  return [...own, ...builtIn]
}

/** Where a client of a whole realm says nothing, a logout leads back to where its logins do. */
function withLogoutUris(client: ClientExport): ClientExport {
  const attributes = { 'post.logout.redirect.uris': '+', ...client.attributes }
  return { ...client, attributes }
}

/** Mappings of the built-in clients and scopes that this import makes, beside those that it brings. */
function completeMappings(given: RealmRepresentation): Partial<RealmRepresentation> {
  const bringsConsole = given.clients?.some(({ clientId }) => clientId === 'account-console')
  const bringsOffline = given.clientScopes?.some(({ name }) => name === 'offline_access')
  const scopeMappings = given.scopeMappings ?? []
  const ofAccount = given.clientScopeMappings?.['account'] ?? []
  const offline = { clientScope: 'offline_access', roles: ['offline_access'] }
  const account = { client: 'account-console', roles: ['manage-account', 'view-groups'] }
  return {
    scopeMappings:
      bringsOffline || scopeMappings.some((one) => one.clientScope === 'offline_access')
        ? scopeMappings
        : [...scopeMappings, offline],
    clientScopeMappings:
      bringsConsole || ofAccount.some(({ client }) => client === 'account-console')
        ? (given.clientScopeMappings ?? {})
        : { ...given.clientScopeMappings, account: [...ofAccount, account] },
  }
}

async function completeComponents(
  given: RealmRepresentation,
  realmId: RealmId,
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
  if (!has(registrationPolicyType)) {
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
