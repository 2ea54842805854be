import { ownMember } from '../../../shared/own-member.ts'
import { keyProviderType } from '../../keys/key-component.ts'
import { defaultClientScopes, defaultScopeNames } from '../defaults/client-scopes.ts'
import { defaultUserRole } from '../defaults/roles.ts'
import type {
  ClientExport,
  ClientScopeExport,
  ComponentExport,
  RealmRepresentation,
  RoleRepresentation,
  UserRepresentation,
} from '../representation.ts'

type Members = Readonly<Record<string, unknown>>
type Step = (realm: RealmRepresentation) => RealmRepresentation

/** Members that nothing has meant for years: their content has been taken over, or is nowhere any more. */
const gone = [
  'applications',
  'oauthClients',
  'applicationScopeMappings',
  'clientTemplates',
  'socialProviders',
  'social',
  'updateProfileOnInitialSocialLogin',
  'userFederationProviders',
  'userFederationMappers',
  'passwordCredentialGrantAllowed',
  'userCacheEnabled',
  'realmCacheEnabled',
  'protocolMappers',
  'privateKey',
  'publicKey',
  'certificate',
  'codeSecret',
] as const

const list = (value: unknown) => (Array.isArray(value) ? (value as Members[]) : [])

/** Before 1.2: applications and OAuth clients, whose id was their name. */
const applicationsAreClients: Step = (realm) => {
  const clients = [...list(realm['applications']), ...list(realm['oauthClients'])].map(
    ({ name, claims: _claims, ...rest }): ClientExport => ({ ...rest, clientId: String(name) }),
  )
  if (clients.length === 0) return realm
  return { ...realm, clients: [...(realm.clients ?? []), ...clients] }
}

const applicationRolesAreClientRoles: Step = (realm) => {
  const { application, ...roles } = (realm.roles ?? {}) as NonNullable<
    RealmRepresentation['roles']
  > & {
    application?: NonNullable<RealmRepresentation['roles']>['client']
  }
  const mappings = realm['applicationScopeMappings'] as RealmRepresentation['clientScopeMappings']
  return {
    ...realm,
    ...(application ? { roles: { ...roles, client: { ...application, ...roles.client } } } : {}),
    ...(mappings ? { clientScopeMappings: { ...mappings, ...realm.clientScopeMappings } } : {}),
  }
}

/** A blank was allowed in the name of a template; a scope's name is part of a list of words. */
const scopeName = (template: string) => template.replaceAll(/\s/g, '_')

/** Before 4: a client had one template, whose mappers it took over. */
const templatesAreClientScopes: Step = (realm) => {
  const templates = (realm['clientTemplates'] ?? []) as ClientScopeExport[]
  const names =
    realm.clientScopes === undefined
      ? defaultScopeNames
      : { defaultDefaultClientScopes: [], defaultOptionalClientScopes: [] }
  const byDefault = realm.defaultDefaultClientScopes ?? [...names.defaultDefaultClientScopes]
  const optional = realm.defaultOptionalClientScopes ?? [...names.defaultOptionalClientScopes]
  const clients = realm.clients?.map((given): ClientExport => {
    const { clientTemplate, ...client } = withoutTemplateFlags(given)
    if (typeof clientTemplate !== 'string') return client
    return {
      ...client,
      defaultClientScopes: [
        ...(client.defaultClientScopes ?? byDefault),
        scopeName(clientTemplate),
      ],
      optionalClientScopes: client.optionalClientScopes ?? optional,
    }
  })
  const converted = { ...realm, ...(clients ? { clients } : {}) }
  if (templates.length === 0) return converted
  const scopes = templates.map((one) => ({ ...one, name: scopeName(one.name) }))
  return {
    ...converted,
    clientScopes: [...(realm.clientScopes ?? defaultClientScopes()), ...scopes],
    defaultDefaultClientScopes: byDefault,
    defaultOptionalClientScopes: optional,
  }
}

function withoutTemplateFlags(client: ClientExport): ClientExport {
  const {
    useTemplateConfig: _config,
    useTemplateScope: _scope,
    useTemplateMappers: _mappers,
    ...rest
  } = client
  return rest as ClientExport
}

/** Before 1.2: `{"google.key": …, "google.secret": …}`. */
const socialProvidersAreIdentityProviders: Step = (realm) => {
  const social = (realm['socialProviders'] ?? {}) as Record<string, string>
  const ids = Object.keys(social).flatMap((key) => /^(.+)\.key$/.exec(key)?.[1] ?? [])
  if (ids.length === 0) return realm
  const providers = ids.map((id) => ({
    alias: id,
    providerId: id,
    enabled: true,
    config: {
      clientId: social[`${id}.key`] ?? '',
      ...(social[`${id}.secret`] === undefined
        ? {}
        : { clientSecret: social[`${id}.secret`] ?? '' }),
    },
  }))
  return { ...realm, identityProviders: [...(realm.identityProviders ?? []), ...providers] }
}

const storageType = 'org.keycloak.storage.UserStorageProvider'
const ldapMapperType = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper'

const asLists = (config: unknown, more: Members = {}) =>
  Object.fromEntries(
    Object.entries({ ...(config as Members), ...more }).flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [[name, [String(value)]]],
    ),
  )

/** Before 2.5: user federation was no component. */
const federationIsUserStorage: Step = (realm) => {
  const providers = list(realm['userFederationProviders'])
  if (providers.length === 0) return realm
  const mappers = list(realm['userFederationMappers'])
  const made = providers.map((provider): ComponentExport => {
    const { providerName, displayName, priority, fullSyncPeriod, changedSyncPeriod } = provider
    const own = mappers.filter((mapper) => mapper['federationProviderDisplayName'] === displayName)
    return {
      ...(typeof provider['id'] === 'string' ? { id: provider['id'] } : {}),
      name: String(displayName ?? providerName),
      providerId: String(providerName),
      config: asLists(provider['config'], { priority, fullSyncPeriod, changedSyncPeriod }),
      subComponents: {
        [ldapMapperType]: own.map((mapper) => ({
          name: String(mapper['name']),
          providerId: String(mapper['federationMapperType']),
          config: asLists(mapper['config']),
        })),
      },
    }
  })
  const components = realm.components ?? {}
  const present = components[storageType] ?? []
  return { ...realm, components: { ...components, [storageType]: [...present, ...made] } }
}

/** Names that required actions had before. */
const renamedActions: Readonly<Record<string, string>> = {
  terms_and_conditions: 'TERMS_AND_CONDITIONS',
}
const actionName = (alias: string) => ownMember(renamedActions, alias) ?? alias

const actionsAreRenamed: Step = (realm) => ({
  ...realm,
  ...(realm.requiredActions
    ? {
        requiredActions: realm.requiredActions.map((action) => ({
          ...action,
          alias: actionName(action.alias),
          providerId: actionName(action.providerId ?? action.alias),
        })),
      }
    : {}),
})

/** Keycloak's old list of what a realm's users sign in with: nothing reads it, and it accepts no other. */
const credentialsAreNotChosen: Step = ({ requiredCredentials: _, ...realm }) => realm

/** Before 13, a client could give some of its roles to every user. */
const defaultRolesAreComposites: Step = (realm) => {
  const given = (realm.clients ?? []).flatMap(({ clientId, defaultRoles }) =>
    Array.isArray(defaultRoles) && defaultRoles.length > 0
      ? [[clientId, defaultRoles.map(String)] as const]
      : [],
  )
  if (given.length === 0) return realm
  const ofRealm = realm.roles?.realm ?? []
  const name = realm.defaultRole?.name ?? `default-roles-${realm.realm.toLowerCase()}`
  const present = ofRealm.find((role) => role.name === name)
  const role = present ?? { ...defaultUserRole(realm.realm, realm.defaultRoles), name }
  const client: Record<string, RoleRepresentation[]> = { ...realm.roles?.client }
  const composites = { ...role.composites?.client }
  for (const [clientId, names] of given) {
    const known = client[clientId] ?? []
    const missing = names.filter((one) => !known.some((role) => role.name === one))
    client[clientId] = [...known, ...missing.map((one) => ({ name: one }))]
    composites[clientId] = [...new Set([...(composites[clientId] ?? []), ...names])]
  }
  const complete = {
    ...role,
    composite: true,
    composites: { ...role.composites, client: composites },
  }
  const others = ofRealm.filter((one) => one !== present)
  return { ...realm, roles: { ...realm.roles, realm: [...others, complete], client } }
}

/** Before 2.3: the one key of a realm, under whose id its clients may still expect signatures; with the other keys of a new realm. */
const keyIsComponent: Step = (realm) => {
  const { privateKey, certificate } = realm
  const components = realm.components ?? {}
  if (typeof privateKey !== 'string' || (components[keyProviderType] ?? []).length > 0) return realm
  const key = asLists({ privateKey, certificate }, { priority: 100 })
  const made: ComponentExport[] = [
    { name: 'rsa', providerId: 'rsa', config: key },
    { name: 'rsa-enc', providerId: 'rsa-enc', config: key },
    {
      name: 'hmac-generated-hs512',
      providerId: 'hmac-generated',
      config: asLists({ algorithm: 'HS512' }, { priority: 100 }),
    },
    { name: 'aes-generated', providerId: 'aes-generated', config: asLists({}, { priority: 100 }) },
  ]
  return { ...realm, components: { ...components, [keyProviderType]: made } }
}

const steps: readonly Step[] = [
  applicationsAreClients,
  applicationRolesAreClientRoles,
  templatesAreClientScopes,
  socialProvidersAreIdentityProviders,
  federationIsUserStorage,
  keyIsComponent,
  actionsAreRenamed,
  credentialsAreNotChosen,
  defaultRolesAreComposites,
]

/** @returns the representation in today's members; what former versions named otherwise is taken over */
export function withoutLegacyMembers(given: RealmRepresentation): RealmRepresentation {
  const realm = steps.reduce((converted, step) => step(converted), given)
  const kept = Object.entries(realm).filter(([name]) => !(gone as readonly string[]).includes(name))
  const users = realm.users ? { users: realm.users.map(withoutLegacyUserMembers) } : {}
  return { ...(Object.fromEntries(kept) as RealmRepresentation), realm: given.realm, ...users }
}

/** As `withoutLegacyMembers`, for one user. */
export function withoutLegacyUserMembers(given: UserRepresentation): UserRepresentation {
  const { applicationRoles, socialLinks, ...user } = given
  const links = list(socialLinks).map((link) => ({
    identityProvider: String(link['socialProvider']),
    userId: String(link['socialUserId']),
    ...(typeof link['socialUsername'] === 'string' ? { userName: link['socialUsername'] } : {}),
  }))
  return {
    ...user,
    ...(applicationRoles
      ? {
          clientRoles: {
            ...(applicationRoles as Record<string, string[]>),
            ...user.clientRoles,
          },
        }
      : {}),
    ...(links.length > 0
      ? { federatedIdentities: [...(user.federatedIdentities ?? []), ...links] }
      : {}),
    ...(user.requiredActions ? { requiredActions: user.requiredActions.map(actionName) } : {}),
  }
}
