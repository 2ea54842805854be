const realmInPath = /^\/(?:realms|admin\/realms)\/([^/?]{1,255})/

/**
 * What a request says of itself before anybody has looked into it, by Keycloak's names for log lines.
 * @param url path and query, within the server
 */
export function requestContext(url: string, ipAddress: string): Record<string, string> {
  const realm = realmInPath.exec(url)?.[1]
  const query = url.includes('?') ? new URLSearchParams(url.slice(url.indexOf('?'))) : undefined
  const clientId = query?.get('client_id')
  const tabId = query?.get('tab_id')
  return {
    ipAddress,
    ...(realm === undefined ? {} : { realmName: decoded(realm) }),
    ...(typeof clientId === 'string' ? { clientId } : {}),
    ...(typeof tabId === 'string' ? { authenticationTabId: tabId } : {}),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
