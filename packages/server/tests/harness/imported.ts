type Json = Record<string, unknown>

/** @returns a part of an export, or of an answer about it, with what an import adds to it as Keycloak's does */
export function imported(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(imported)
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value).map(([name, member]) => [name, imported(member)])
  const part: Json = Object.fromEntries(members)
  const { secret, config, attributes } = part
  if (Array.isArray(secret)) {
    const size = String(Buffer.from(secret[0], 'base64url').length)
    return { ...part, secretSize: part['secretSize'] ?? [size] }
  }
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

function importedMapper(config: Json): Json {
  const filled = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ''))
  const inIdToken = filled['id.token.claim']
  return inIdToken === undefined ? filled : { 'userinfo.token.claim': inIdToken, ...filled }
}
