import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import { artifactIdentifier, completeClient, withRightSecret } from '../clients/client-defaults.ts'
import { withScopes } from '../clients/client-scope-names.ts'
import type { ProtocolMapper } from '../realms/realm.ts'
import type { ClientExport, ClientScopeExport, RealmRepresentation } from './representation.ts'

/** Built-in clients that only own roles. */
const roleOwners: ReadonlySet<string> = new Set(['broker', 'realm-management', 'master-realm'])

/**
 * A client as an import writes it: what is left out is filled in, secrets are made, and scopes that the realm does not have
 * are left out.
 * @param protocols of the realm's client scopes by name
 */
export function completedClient(
  given: ClientExport,
  realm: Pick<RealmRepresentation, 'defaultDefaultClientScopes' | 'defaultOptionalClientScopes'>,
  protocols: ReadonlyMap<string, string>,
  clock: Clock,
): ClientExport {
  const { id = newUuid(), clientId, enabled = true, ...rest } = given
  const members = {
    ...rest,
    protocol: rest.protocol ?? 'openid-connect',
    ...(rest['authorizationServicesEnabled'] === true ? { serviceAccountsEnabled: true } : {}),
    attributes: attributesOf(given),
    ...(rest.protocolMappers ? { protocolMappers: completedMappers(rest.protocolMappers) } : {}),
  }
  const complete = withRightSecret(completeClient(members, clock), clock)
  return { ...withScopes(complete, realm, protocols), id, clientId, enabled }
}

function attributesOf({ clientId, protocol, attributes = {} }: ClientExport) {
  return {
    realm_client: String(roleOwners.has(clientId)),
    ...(protocol === 'saml'
      ? { 'saml.artifact.binding.identifier': artifactIdentifier(clientId) }
      : {}),
    ...attributes,
  }
}

/** Client scopes with what Keycloak adds to the mappers of an import. */
export function completedScope(scope: ClientScopeExport): ClientScopeExport {
  if (!scope.protocolMappers) return scope
  return { ...scope, protocolMappers: completedMappers(scope.protocolMappers) }
}

/** A mapper that says whether it writes the ID token and nothing of userinfo writes both alike. */
function completedMappers(mappers: readonly ProtocolMapper[]): ProtocolMapper[] {
  return mappers.map((mapper) => {
    const given = Object.entries(mapper.config ?? {}).filter(([, value]) => value !== '')
    const config: Record<string, string> = Object.fromEntries(given)
    const inIdToken = config['id.token.claim']
    if (inIdToken !== undefined) config['userinfo.token.claim'] ??= inIdToken
    return { ...mapper, id: mapper.id ?? newUuid(), config }
  })
}
