import { z } from 'zod'
import { importedClient } from '../clients/client-schema.ts'
import { ModelError } from '../realms/model-error.ts'
import { importedProtocolMapper } from '../realms/protocol-mapper-schema.ts'
import { flag, integer, long, text, textLists, textMap, texts } from '../realms/scalars.ts'
import { realmMembers } from './realm-members.ts'
import type { RealmRepresentation, UserRepresentation } from './representation.ts'

const textsByName = z.record(z.string(), texts).nullish()
const objects = z.array(z.looseObject({})).nullish()
const name = z.union([z.string(), z.number().transform(String)])

const role = z.looseObject({
  id: text,
  name,
  description: text,
  attributes: textLists,
  composites: z.looseObject({ realm: texts, client: textsByName }).nullish(),
})
const roles = z.array(role)

const group = z.looseObject({
  id: text,
  name,
  description: text,
  attributes: textLists,
  realmRoles: texts,
  clientRoles: textsByName,
  get subGroups() {
    return z.array(group).nullish()
  },
})

const clientScope = z.looseObject({
  id: text,
  name,
  description: text,
  protocol: text,
  attributes: textMap,
  protocolMappers: z.array(importedProtocolMapper).nullish(),
})

const component = z.looseObject({
  id: text,
  name: text,
  providerId: name,
  subType: text,
  config: textLists,
  get subComponents() {
    return z.record(z.string(), z.array(component)).nullish()
  },
})

const execution = z.looseObject({
  authenticator: text,
  authenticatorConfig: text,
  authenticatorFlow: flag,
  autheticatorFlow: flag,
  flowAlias: text,
  requirement: z.enum(['REQUIRED', 'ALTERNATIVE', 'CONDITIONAL', 'DISABLED', 'OPTIONAL']),
  priority: integer,
  userSetupAllowed: flag,
})
const flow = z.looseObject({
  id: text,
  alias: name,
  description: text,
  providerId: text,
  topLevel: flag,
  builtIn: flag,
  authenticationExecutions: z.array(execution).nullish(),
})
const requiredAction = z.looseObject({
  alias: name,
  name: text,
  providerId: text,
  enabled: flag,
  defaultAction: flag,
  priority: integer,
  config: textMap,
})
const scopeMapping = z.looseObject({
  client: text,
  clientScope: text,
  roles: z.array(name),
})

const credential = z.looseObject({
  id: text,
  type: text,
  userLabel: text,
  value: text,
  secretData: text,
  credentialData: text,
  createdDate: long,
  temporary: flag,
})
const user = z.looseObject({
  id: text,
  username: text,
  email: text,
  firstName: text,
  lastName: text,
  enabled: flag,
  emailVerified: flag,
  createdTimestamp: long,
  notBefore: integer,
  attributes: textLists,
  requiredActions: texts,
  realmRoles: texts,
  clientRoles: textsByName,
  applicationRoles: textsByName,
  groups: texts,
  credentials: z.array(credential).nullish(),
  federatedIdentities: z
    .array(z.looseObject({ identityProvider: z.string(), userId: z.string() }))
    .nullish(),
  socialLinks: z
    .array(z.looseObject({ socialProvider: z.string(), socialUserId: z.string() }))
    .nullish(),
  clientConsents: z
    .array(z.looseObject({ clientId: z.string(), grantedClientScopes: texts }))
    .nullish(),
})
const organization = z.looseObject({
  id: text,
  name,
  alias: text,
  enabled: flag,
  description: text,
  redirectUrl: text,
  attributes: textLists,
  domains: z.array(z.looseObject({ name: z.string(), verified: flag })).nullish(),
  members: z.array(z.looseObject({ username: z.string() })).nullish(),
  identityProviders: z.array(z.looseObject({ alias: z.string().nullish() })).nullish(),
})

/** The parts of a representation that an import takes apart; everything else is stored as it is. */
const realm = z.looseObject({
  ...realmMembers,
  realm: z.string(),
  roles: z
    .looseObject({
      realm: roles.nullish(),
      client: z.record(z.string(), roles).nullish(),
      application: z.record(z.string(), roles).nullish(),
    })
    .nullish(),
  defaultRole: role.nullish(),
  groups: z.array(group).nullish(),
  scopeMappings: z.array(scopeMapping).nullish(),
  clientScopeMappings: z.record(z.string(), z.array(scopeMapping)).nullish(),
  applicationScopeMappings: z.record(z.string(), z.array(scopeMapping)).nullish(),
  clients: z.array(importedClient).nullish(),
  clientScopes: z.array(clientScope).nullish(),
  clientTemplates: z.array(clientScope).nullish(),
  applications: objects,
  oauthClients: objects,
  components: z.record(z.string(), z.array(component)).nullish(),
  authenticationFlows: z.array(flow).nullish(),
  authenticatorConfig: z.array(z.looseObject({ id: text, alias: name, config: textMap })).nullish(),
  requiredActions: z.array(requiredAction).nullish(),
  identityProviders: objects,
  identityProviderMappers: objects,
  userFederationProviders: z.array(z.looseObject({ config: textMap })).nullish(),
  userFederationMappers: z.array(z.looseObject({ config: textMap })).nullish(),
  organizations: z.array(organization).nullish(),
  users: z.array(user).nullish(),
})

/**
 * Reads a representation before anything of it is written: its structure is checked, values of another JSON type are
 * converted, and null counts as absent, as Keycloak reads them.
 * @throws ModelError `invalid` with the path of the first member that is not as it must be
 */
export function readRealm(given: unknown): RealmRepresentation {
  return read(realm, given, 'realm')
}

/** As `readRealm`, for the users of a file of their own. */
export function readUsers(given: unknown): UserRepresentation[] {
  return read(z.array(user), given, 'user')
}

function read<T>(schema: z.ZodType, given: unknown, what: string): T {
  const result = schema.safeParse(given)
  if (result.success) return withoutAbsent(result.data) as T
  const [issue] = result.error.issues
  const path = issue?.path.join('.') ?? ''
  throw new ModelError(
    'invalid',
    `Invalid ${what} representation: ${path}: ${issue?.message ?? ''}`,
  )
}

/** Deepest nesting of a representation: groups within groups are the deepest that there is. */
const depthMax = 200

function withoutAbsent(value: unknown, depth = 0): unknown {
  if (depth > depthMax) throw new ModelError('invalid', 'The representation is nested too deep')
  if (Array.isArray(value)) return value.map((element) => withoutAbsent(element, depth + 1))
  if (value === null || typeof value !== 'object') return value
  const present: Record<string, unknown> = {}
  for (const [member, content] of Object.entries(value)) {
    if (content === undefined || content === null) continue
    Object.defineProperty(present, member, {
      value: withoutAbsent(content, depth + 1),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return present
}
