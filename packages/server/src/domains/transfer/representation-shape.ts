import { z } from 'zod'
import { importedClient } from '../clients/client-schema.ts'
import { importedGroup } from '../groups/group-schema.ts'
import { importedOrganization } from '../organizations/organization-schema.ts'
import { importedClientScope } from '../realms/client-scope-schema.ts'
import { importedComponent } from '../realms/component-schema.ts'
import { importedAuthenticatorConfig, importedFlow } from '../realms/flow-schema.ts'
import { ModelError } from '../realms/model-error.ts'
import { realmMembers } from '../realms/realm-schema.ts'
import { importedRequiredAction } from '../realms/required-action-schema.ts'
import { identifier, textMap } from '../realms/scalars.ts'
import { importedRole } from '../roles/role-schema.ts'
import { importedUser } from '../users/user-schema.ts'
import type { RealmRepresentation, UserRepresentation } from './representation.ts'
import { importedScopeMapping } from './scope-mapping-schema.ts'

const objects = z.array(z.looseObject({})).nullish()
const roles = z.array(importedRole)

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
  defaultRole: importedRole.nullish(),
  groups: z.array(importedGroup).nullish(),
  scopeMappings: z.array(importedScopeMapping).nullish(),
  clientScopeMappings: z.record(z.string(), z.array(importedScopeMapping)).nullish(),
  applicationScopeMappings: z.record(z.string(), z.array(importedScopeMapping)).nullish(),
  clients: z.array(importedClient).nullish(),
  clientScopes: z.array(importedClientScope).nullish(),
  clientTemplates: z.array(importedClientScope).nullish(),
  applications: objects,
  oauthClients: objects,
  components: z.record(z.string(), z.array(importedComponent)).nullish(),
  authenticationFlows: z.array(importedFlow).nullish(),
  authenticatorConfig: z.array(importedAuthenticatorConfig).nullish(),
  requiredActions: z.array(importedRequiredAction).nullish(),
  identityProviders: z.array(z.looseObject({ internalId: identifier })).nullish(),
  identityProviderMappers: z.array(z.looseObject({ id: identifier })).nullish(),
  userFederationProviders: z.array(z.looseObject({ config: textMap })).nullish(),
  userFederationMappers: z.array(z.looseObject({ config: textMap })).nullish(),
  organizations: z.array(importedOrganization).nullish(),
  users: z.array(importedUser).nullish(),
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
  return read(z.array(importedUser), given, 'user')
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
