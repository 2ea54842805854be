type Json = Record<string, unknown>

/** @returns a part of an export, or of an answer about it, with what an import adds to it as Keycloak's does */
export function imported(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(imported)
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value).map(([name, member]) => [name, imported(member)])
  const part: Json = Object.fromEntries(members)
  const { config, attributes } = part
  if ('ssoSessionIdleTimeout' in part) return importedRealm(part)
  if ('protocolMapper' in part) return { ...part, config: importedMapper((config ?? {}) as Json) }
  if ('redirectUris' in part) {
    const filled = {
      'post.logout.redirect.uris': '+',
      realm_client: 'false',
      ...(attributes as Json),
    }
    return { ...part, protocol: part['protocol'] ?? 'openid-connect', attributes: filled }
  }
  return part
}

/** Members that become attributes, too. */
const mirrored: Readonly<Record<string, string>> = {
  clientSessionIdleTimeout: 'clientSessionIdleTimeout',
  clientSessionMaxLifespan: 'clientSessionMaxLifespan',
  clientOfflineSessionIdleTimeout: 'clientOfflineSessionIdleTimeout',
  clientOfflineSessionMaxLifespan: 'clientOfflineSessionMaxLifespan',
  oauth2DeviceCodeLifespan: 'oauth2DeviceCodeLifespan',
  oauth2DevicePollingInterval: 'oauth2DevicePollingInterval',
  otpPolicyCodeReusable: 'realmReusableOtpCode',
  scimApiEnabled: 'scimApiEnabled',
}

function importedRealm(realm: Json): Json {
  const attributes = Object.entries(mirrored).flatMap(([member, attribute]) =>
    member in realm ? [[attribute, String(realm[member])]] : [],
  )
  return {
    ...realm,
    attributes: { ...(realm['attributes'] as Json), ...Object.fromEntries(attributes) },
  }
}

function importedMapper(config: Json): Json {
  const filled = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ''))
  const inIdToken = filled['id.token.claim']
  return inIdToken === undefined ? filled : { 'userinfo.token.claim': inIdToken, ...filled }
}
