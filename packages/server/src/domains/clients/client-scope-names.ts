import type { ClientRepresentation } from './client.ts'

/** Names of the client scopes that a realm gives to its new clients. */
interface RealmScopeNames {
  readonly defaultDefaultClientScopes?: readonly string[] | undefined
  readonly defaultOptionalClientScopes?: readonly string[] | undefined
}

/** The scope of clients with a service account. */
const serviceAccountScope = 'service_account'

/**
 * Gives a client that names no scopes at all those of the realm. A client that names some has only these; those that the
 * realm lacks, and those of another protocol, are left out.
 * @param protocols of the realm's client scopes, by name
 */
export function withScopes(
  client: ClientRepresentation,
  realm: RealmScopeNames,
  protocols: ReadonlyMap<string, string>,
): ClientRepresentation {
  const { defaultClientScopes: own, optionalClientScopes: optional } = client
  const named = own !== undefined || optional !== undefined
  const fits = (name: string) => protocols.get(name) === (client.protocol ?? 'openid-connect')
  const defaults = named ? (own ?? []) : (realm.defaultDefaultClientScopes ?? [])
  const optionals = named ? (optional ?? []) : (realm.defaultOptionalClientScopes ?? [])
  const scoped = {
    ...client,
    defaultClientScopes: defaults.filter(fits),
    optionalClientScopes: optionals.filter(fits),
  }
  return named ? scoped : withServiceAccountScope(scoped, protocols)
}

/** A client with a service account has the scope for it, where the realm has that. */
export function withServiceAccountScope(
  client: ClientRepresentation,
  protocols: ReadonlyMap<string, string>,
): ClientRepresentation {
  const { defaultClientScopes: own = [], optionalClientScopes: optional = [] } = client
  const lacks =
    client.serviceAccountsEnabled &&
    protocols.has(serviceAccountScope) &&
    ![...own, ...optional].includes(serviceAccountScope)
  return lacks ? { ...client, defaultClientScopes: [...own, serviceAccountScope] } : client
}

/** What `withServiceAccountScope` gave goes with the service account. */
export function withoutServiceAccountScope(client: ClientRepresentation): ClientRepresentation {
  const { defaultClientScopes: own = [] } = client
  if (!own.includes(serviceAccountScope)) return client
  return { ...client, defaultClientScopes: own.filter((name) => name !== serviceAccountScope) }
}
