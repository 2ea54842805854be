import { z } from 'zod'
import { importedClient } from '../clients/client-schema.ts'
import { ModelError } from '../realms/model-error.ts'
import { importedProtocolMapper } from '../realms/protocol-mapper-schema.ts'
import type { RealmRepresentation } from './representation.ts'

const texts = z.array(z.string()).nullish()
const textLists = z.record(z.string(), z.array(z.string())).nullish()
const textMap = z.record(z.string(), z.string().nullable()).nullish()
const textsByName = z.record(z.string(), z.array(z.string())).nullish()
const id = z.string().nullish()
const objects = z.array(z.looseObject({})).nullish()

const role = z.looseObject({
  id,
  name: z.string(),
  attributes: textLists,
  composites: z.looseObject({ realm: texts, client: textsByName }).nullish(),
})
const roles = z.array(role)

const group = z.looseObject({
  id,
  name: z.string(),
  attributes: textLists,
  realmRoles: texts,
  clientRoles: textsByName,
  get subGroups() {
    return z.array(group).nullish()
  },
})

const clientScope = z.looseObject({
  id,
  name: z.string(),
  protocol: z.string().nullish(),
  attributes: textMap,
  protocolMappers: z.array(importedProtocolMapper).nullish(),
})

const component = z.looseObject({
  id,
  providerId: z.string(),
  config: textLists,
  get subComponents() {
    return z.record(z.string(), z.array(component)).nullish()
  },
})

const execution = z.looseObject({
  requirement: z.enum(['REQUIRED', 'ALTERNATIVE', 'CONDITIONAL', 'DISABLED']),
  priority: z.number().nullish(),
})
const flow = z.looseObject({
  id,
  alias: z.string(),
  authenticationExecutions: z.array(execution).nullish(),
})
const scopeMapping = z.looseObject({
  client: z.string().nullish(),
  clientScope: z.string().nullish(),
  roles: z.array(z.string()),
})

const credential = z.looseObject({
  id,
  type: z.string().nullish(),
  value: z.string().nullish(),
  secretData: z.string().nullish(),
  credentialData: z.string().nullish(),
  createdDate: z.number().int().nullish(),
})
const user = z.looseObject({
  id,
  username: z.string().nullish(),
  email: z.string().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  enabled: z.boolean().nullish(),
  emailVerified: z.boolean().nullish(),
  createdTimestamp: z.number().int().nullish(),
  notBefore: z.number().int().nullish(),
  attributes: textLists,
  requiredActions: texts,
  realmRoles: texts,
  clientRoles: textsByName,
  groups: texts,
  credentials: z.array(credential).nullish(),
  federatedIdentities: z
    .array(z.looseObject({ identityProvider: z.string(), userId: z.string() }))
    .nullish(),
  clientConsents: z
    .array(z.looseObject({ clientId: z.string(), grantedClientScopes: texts }))
    .nullish(),
})
const organization = z.looseObject({
  id,
  name: z.string(),
  alias: z.string().nullish(),
  enabled: z.boolean().nullish(),
  description: z.string().nullish(),
  redirectUrl: z.string().nullish(),
  attributes: z.record(z.string(), z.array(z.string())).nullish(),
  domains: z.array(z.looseObject({ name: z.string(), verified: z.boolean().nullish() })).nullish(),
  members: z.array(z.looseObject({ username: z.string() })).nullish(),
  identityProviders: z.array(z.looseObject({ alias: z.string().nullish() })).nullish(),
})

/** The parts of a representation that an import takes apart; everything else is stored as it is. */
const realm = z.looseObject({
  id,
  realm: z.string(),
  enabled: z.boolean().nullish(),
  attributes: textMap,
  smtpServer: textMap,
  roles: z
    .looseObject({ realm: roles.nullish(), client: z.record(z.string(), roles).nullish() })
    .nullish(),
  defaultRole: role.nullish(),
  defaultRoles: texts,
  groups: z.array(group).nullish(),
  defaultGroups: texts,
  scopeMappings: z.array(scopeMapping).nullish(),
  clientScopeMappings: z.record(z.string(), z.array(scopeMapping)).nullish(),
  clients: z.array(importedClient).nullish(),
  clientScopes: z.array(clientScope).nullish(),
  defaultDefaultClientScopes: texts,
  defaultOptionalClientScopes: texts,
  components: z.record(z.string(), z.array(component)).nullish(),
  authenticationFlows: z.array(flow).nullish(),
  authenticatorConfig: z.array(z.looseObject({ id, alias: z.string() })).nullish(),
  requiredActions: z.array(z.looseObject({ alias: z.string() })).nullish(),
  identityProviders: objects,
  identityProviderMappers: objects,
  organizations: z.array(organization).nullish(),
  users: z.array(user).nullish(),
})

/**
 * Checks the structure of a representation before anything of it is written.
 * @returns the representation with the members of clients in their types, whatever hand wrote them
 * @throws ModelError `invalid` with the path of the first member that is not as it must be
 */
export function importableRealm(given: RealmRepresentation): RealmRepresentation {
  const result = realm.safeParse(given)
  if (result.success) return result.data as unknown as RealmRepresentation
  const [issue] = result.error.issues
  const path = issue?.path.join('.') ?? ''
  throw new ModelError('invalid', `Invalid realm representation: ${path}: ${issue?.message ?? ''}`)
}
