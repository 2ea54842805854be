import { newUuid } from '../../../shared/random.ts'
import { masterRealmName } from '../../administration/administration.ts'
import { withGeneratedKey } from '../../keys/generated-key.ts'
import { keyProviderType } from '../../keys/key-component.ts'
import type { KeyStock } from '../../keys/key-stock.ts'
import type { RequiredAction } from '../../realms/realm.ts'
import { defaultUserProfile } from '../../users/default-user-profile.ts'
import type { CompleteRealm } from '../complete-representation.ts'
import { defaultClientScopes } from '../defaults/client-scopes.ts'
import { userProfileType } from '../defaults/components.ts'
import { defaultFlows } from '../defaults/flows.ts'
import { defaultRequiredActions } from '../defaults/required-actions.ts'
import { defaultAccountRoles } from '../defaults/roles.ts'
import type { KeycloakVersion } from './keycloak-version.ts'
import { withAlternativesApart } from './old-flows.ts'

/** What one version of Keycloak changes of realms that were exported by an earlier one. */
export interface MigrationStep {
  readonly version: KeycloakVersion
  readonly does: string
  /** @param realm a copy of its own, changed in place */
  readonly apply: (realm: CompleteRealm, keyStock: Pick<KeyStock, 'take'>) => void | Promise<void>
}

type ScopeList = 'Default' | 'Optional'

/**
 * Adds a built-in client scope that the realm lacks: to the realm's list, and to the clients that speak its protocol.
 * @param always also to clients of a realm that has it already
 */
function addClientScope(
  name: string,
  list?: ScopeList,
  always = false,
): (realm: CompleteRealm) => void {
  return (realm) => {
    const present = realm.clientScopes?.some((scope) => scope.name === name)
    if (present && !always) return
    const scope = defaultClientScopes().find((one) => one.name === name)
    if (!scope) return
    if (!present) realm.clientScopes = [...(realm.clientScopes ?? []), scope]
    if (list === undefined) return
    const ofRealm = `default${list}ClientScopes` as const
    realm[ofRealm] = [...new Set([...(realm[ofRealm] ?? []), name])]
    const ofClient = list === 'Default' ? 'defaultClientScopes' : 'optionalClientScopes'
    for (const client of realm.clients) {
      if (client.bearerOnly || client.protocol !== scope.protocol) continue
      client[ofClient] = [...new Set([...(client[ofClient] ?? []), name])]
    }
  }
}

function addRequiredAction(alias: string): (realm: CompleteRealm) => void {
  return (realm) => {
    const actions = realm.requiredActions ?? []
    if (actions.some((action) => action.alias === alias)) return
    const added = defaultRequiredActions().filter((action) => action.alias === alias)
    realm.requiredActions = [...actions, ...added]
  }
}

function orderActionsByName(realm: CompleteRealm): void {
  const byName = (realm.requiredActions ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  realm.requiredActions = byName.map((action, index) => ({ ...action, priority: (index + 1) * 10 }))
}

function addViewGroups(realm: CompleteRealm): void {
  const roles = realm.roles.client['account']
  if (!roles || roles.some(({ name }) => name === 'view-groups')) return
  roles.push(...defaultAccountRoles().filter(({ name }) => name === 'view-groups'))
  if (!realm.clients.some(({ clientId }) => clientId === 'account-console')) return
  const mappings = { ...realm.clientScopeMappings }
  const ofAccount = [...(mappings['account'] ?? [])]
  const index = ofAccount.findIndex(({ client }) => client === 'account-console')
  const present = ofAccount[index]
  const mapping = { client: 'account-console', roles: [...(present?.roles ?? []), 'view-groups'] }
  if (present) ofAccount[index] = mapping
  else ofAccount.push(mapping)
  realm.clientScopeMappings = { ...mappings, account: ofAccount }
}

function removeHttpChallenge(realm: CompleteRealm): void {
  const bound = ['browserFlow', 'directGrantFlow', 'registrationFlow', 'resetCredentialsFlow']
  if (bound.some((name) => realm[name] === 'http challenge')) return
  realm.authenticationFlows = realm.authenticationFlows?.filter(
    ({ alias }) => alias !== 'http challenge',
  ) as NonNullable<typeof realm.authenticationFlows>
}

/** Users had any attribute before, unless the realm had a profile of its own. */
function allowUnmanagedAttributes(realm: CompleteRealm): void {
  const { userProfileEnabled, ...attributes } = realm.attributes ?? {}
  realm.attributes = attributes
  if (userProfileEnabled === 'true') return
  const present = realm.componentList.find(({ providerType }) => providerType === userProfileType)
  const text = present?.config['kc.user.profile.config']?.[0]
  const profile = text ? JSON.parse(text) : defaultUserProfile
  if (profile.unmanagedAttributePolicy !== undefined) return
  const config = {
    'kc.user.profile.config': [JSON.stringify({ ...profile, unmanagedAttributePolicy: 'ENABLED' })],
  }
  const component = present ?? {
    id: newUuid(),
    parentId: realm.id,
    providerType: userProfileType,
    providerId: 'declarative-user-profile',
    config,
  }
  realm.componentList = [
    ...realm.componentList.filter((one) => one !== present),
    { ...component, config: { ...component.config, ...config } },
  ]
}

/** Sealed links are signed with HS512 since then. */
async function addHs512Key(realm: CompleteRealm, keyStock: Pick<KeyStock, 'take'>): Promise<void> {
  const present = realm.componentList.some(
    ({ providerId, config }) =>
      providerId === 'hmac-generated' && config['algorithm']?.[0] === 'HS512',
  )
  if (present) return
  const wanted = { priority: ['100'], algorithm: ['HS512'] }
  const config = await withGeneratedKey('hmac-generated', wanted, realm.realm, keyStock)
  realm.componentList = [
    ...realm.componentList,
    {
      id: newUuid(),
      parentId: realm.id,
      providerType: keyProviderType,
      providerId: 'hmac-generated',
      name: 'hmac-generated-hs512',
      config,
    },
  ]
}

/** What administrators may do is looked up, not written into their tokens. */
function lightenAdministration(realm: CompleteRealm): void {
  for (const client of realm.clients) {
    if (client.clientId !== 'admin-cli' && client.clientId !== 'security-admin-console') continue
    client.fullScopeAllowed = true
    client.attributes = {
      'client.use.lightweight.access.token.enabled': 'true',
      ...client.attributes,
    }
  }
}

/** The browser flow asks for the organization, where the built-in one is still there. */
function addOrganizationFlow(realm: CompleteRealm): void {
  const flows = realm.authenticationFlows ?? []
  const browser = flows.find(({ alias }) => alias === 'browser')
  if (realm.realm === masterRealmName || !browser?.builtIn) return
  const executed = browser.authenticationExecutions ?? []
  if (executed.some(({ flowAlias }) => flowAlias === 'Organization')) return
  const defaults = defaultFlows(true)
  const step = defaults
    .find(({ alias }) => alias === 'browser')
    ?.authenticationExecutions.find(({ flowAlias }) => flowAlias === 'Organization')
  if (!step) return
  const wanted = new Set(['Organization', 'Browser - Conditional Organization'])
  const known = new Set(flows.map(({ alias }) => alias))
  const added = defaults.filter(({ alias }) => wanted.has(alias) && !known.has(alias))
  const executions = [...executed, step]
  realm.authenticationFlows = [
    ...flows.map((flow) =>
      flow === browser ? { ...flow, authenticationExecutions: executions } : flow,
    ),
    ...added,
  ]
}

/** Priorities of the two that come behind VERIFY_EMAIL now, where all three had those of former defaults. */
const formerPriorities = { VERIFY_EMAIL: 50, CONFIGURE_TOTP: 10, UPDATE_PASSWORD: 30 } as const
const priorities: Readonly<Record<string, number>> = { CONFIGURE_TOTP: 54, UPDATE_PASSWORD: 57 }

/** An address is verified before a second factor or a password is set. */
function verifyEmailFirst(realm: CompleteRealm): void {
  const actions = realm.requiredActions ?? []
  const priorityOf = (alias: string) => actions.find((one) => one.alias === alias)?.priority
  const verify = priorityOf('VERIFY_EMAIL')
  if (verify === undefined) return
  const former = Object.entries(formerPriorities).every(
    ([alias, priority]) => priorityOf(alias) === priority,
  )
  const taken = new Set(
    actions.filter(({ alias }) => !(alias in priorities)).map(({ priority }) => priority),
  )
  const next = (): number => {
    let free = verify + 1
    while (taken.has(free)) free += 1
    taken.add(free)
    return free
  }
  const moved = new Map<string, number>()
  for (const [alias, priority] of Object.entries(priorities)) {
    if (priorityOf(alias) !== undefined) moved.set(alias, former ? priority : next())
  }
  realm.requiredActions = actions.map(
    (action): RequiredAction => ({
      ...action,
      priority: moved.get(action.alias) ?? action.priority,
    }),
  )
}

/** In the order in which they are applied. What each does was seen on Keycloak 26.7.4, by exports of the version before. */
export const migrationSteps: readonly MigrationStep[] = [
  {
    version: [4, 2, 0],
    does: 'required actions get priorities by name',
    apply: orderActionsByName,
  },
  {
    version: [4, 6, 0],
    does: 'client scope roles',
    apply: addClientScope('roles', 'Default', true),
  },
  {
    version: [4, 6, 0],
    does: 'client scope web-origins',
    apply: addClientScope('web-origins', 'Default', true),
  },
  {
    version: [6, 0, 0],
    does: 'client scope microprofile-jwt',
    apply: addClientScope('microprofile-jwt', 'Optional', true),
  },
  {
    version: [8, 0, 2],
    does: 'alternatives beside required steps move into a sub-flow',
    apply: (realm) => {
      realm.authenticationFlows = withAlternativesApart(
        (realm.authenticationFlows ?? []) as Parameters<typeof withAlternativesApart>[0],
      )
    },
  },
  { version: [18, 0, 0], does: 'client scope acr', apply: addClientScope('acr', 'Default') },
  { version: [20, 0, 0], does: 'role view-groups of account', apply: addViewGroups },
  { version: [22, 0, 0], does: 'no flow http challenge', apply: removeHttpChallenge },
  { version: [24, 0, 0], does: 'unmanaged attributes stay', apply: allowUnmanagedAttributes },
  { version: [24, 0, 0], does: 'a key for HS512', apply: addHs512Key },
  { version: [25, 0, 0], does: 'client scope basic', apply: addClientScope('basic', 'Default') },
  {
    version: [25, 0, 0],
    does: 'required action delete_credential',
    apply: addRequiredAction('delete_credential'),
  },
  {
    version: [26, 0, 0],
    does: 'lightweight tokens for administration',
    apply: lightenAdministration,
  },
  {
    version: [26, 1, 0],
    does: 'client scope service_account',
    apply: addClientScope('service_account'),
  },
  { version: [26, 3, 0], does: 'required action idp_link', apply: addRequiredAction('idp_link') },
  {
    version: [26, 7, 0],
    does: 'client scope AuthnContextClassRef',
    apply: addClientScope('AuthnContextClassRef', 'Default'),
  },
  { version: [26, 7, 0], does: 'sub-flow Organization', apply: addOrganizationFlow },
  { version: [26, 7, 0], does: 'VERIFY_EMAIL comes first', apply: verifyEmailFirst },
]
