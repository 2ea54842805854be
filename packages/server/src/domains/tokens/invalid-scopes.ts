import type { Client } from '../clients/client.ts'
import type { Organizations } from '../organizations/organizations.ts'
import type { Realm } from '../realms/realm.ts'
import { requestedScopes } from './granted-scopes.ts'

/** @returns whether a scope parameter asks for something that is no scope of the client, or for an organization that is not there */
export async function asksInvalidScopes(
  organizations: Pick<Organizations, 'hasAlias'>,
  realm: Realm,
  client: Client,
  parameter: string | undefined,
): Promise<boolean> {
  const { invalid, organizationAliases } = requestedScopes(realm, client, parameter)
  if (invalid.length > 0) return true
  for (const alias of organizationAliases) {
    if (!(await organizations.hasAlias(realm.id, alias))) return true
  }
  return false
}
