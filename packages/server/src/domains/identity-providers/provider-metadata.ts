import { ModelError } from '../realms/model-error.ts'

/** Settings of an OpenID Connect provider, and where its metadata say them (OpenID Connect Discovery 1.0 §3). */
const settingsByMember: Readonly<Record<string, string>> = {
  issuer: 'issuer',
  authorization_endpoint: 'authorizationUrl',
  token_endpoint: 'tokenUrl',
  userinfo_endpoint: 'userInfoUrl',
  end_session_endpoint: 'logoutUrl',
  jwks_uri: 'jwksUrl',
  introspection_endpoint: 'tokenIntrospectionUrl',
}
/** Kinds that are set up by such metadata. */
export const openidKinds: ReadonlySet<string> = new Set(['keycloak-oidc', 'oidc'])

/**
 * @param text the metadata of a provider
 * @returns the settings that follow from them, nothing for a kind that has none
 * @throws ModelError `invalid` for what are no metadata, or of a kind that is not read here
 */
export function settingsFromMetadata(providerId: string, text: string): Record<string, string> {
  if (providerId === 'saml') {
    throw new ModelError('invalid', 'SAML descriptors are not read by this server')
  }
  if (!openidKinds.has(providerId)) return {}
  const metadata = parsed(text)
  const settings: Record<string, string> = {}
  for (const [member, setting] of Object.entries(settingsByMember)) {
    const value = metadata[member]
    if (typeof value === 'string') settings[setting] = value
  }
  if (settings['jwksUrl'] !== undefined) {
    settings['validateSignature'] = 'true'
    settings['useJwksUrl'] = 'true'
  }
  return settings
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ModelError('invalid', 'The metadata of the identity provider are not JSON')
  }
  return value as Readonly<Record<string, unknown>>
}
