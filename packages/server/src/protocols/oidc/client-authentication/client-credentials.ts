import type { FastifyRequest } from 'fastify'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import type { ClientId } from '../../../domains/typed-ids.ts'
import type { ShownCertificate } from '../../../http/client-certificates/shown-certificate.ts'

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** What a client says about itself. */
export interface ClientCredentials {
  readonly realm: Realm
  readonly places: ServerPlaces
  readonly clientId: ClientId | null
  /** Readings of the secret that was sent: percent-decoded and as it is (RFC 6749 §2.3.1 is widely misread). */
  readonly secrets: readonly string[]
  /** How the secret was sent. */
  readonly secretMethod: 'client_secret_basic' | 'client_secret_post'
  readonly assertionType: string | null
  readonly assertion: string | null
  /** The certificate of its connection. */
  readonly shown: ShownCertificate | undefined
}

function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** Reads `Basic` credentials; null when the header holds none that can be read. */
function basicCredentials(header: string | undefined): { id: string; secret: string } | null {
  if (header === undefined) return null
  const encoded = /^Basic +([A-Za-z0-9+/_-]+=*)\s*$/i.exec(header)?.[1]
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? null : { id: text.slice(0, colon), secret: text.slice(colon + 1) }
}

function readingsOf(basic: { readonly secret: string } | null): string[] {
  if (basic === null) return []
  const reading = decoded(basic.secret)
  return reading === basic.secret ? [reading] : [reading, basic.secret]
}

/** `sub` of an assertion before anything is verified: it only says whose key to try. */
function assertedClientId(assertion: string | null): string | null {
  try {
    const claims = JSON.parse(
      Buffer.from(assertion?.split('.')[1] ?? '', 'base64url').toString(),
    ) as { sub?: unknown } | null
    return typeof claims?.sub === 'string' ? claims.sub : null
  } catch {
    return null
  }
}

/** Collects what the request says; the form counts before the header, as in Keycloak. */
export function clientCredentialsOf(
  request: FastifyRequest,
  form: URLSearchParams,
  realm: Realm,
  places: ServerPlaces,
  shown: ShownCertificate | undefined,
): ClientCredentials {
  const basic = basicCredentials(request.headers.authorization)
  const assertion = form.get('client_assertion')
  const secret = form.get('client_secret')
  return {
    realm,
    places,
    shown,
    assertion,
    assertionType: form.get('client_assertion_type'),
    clientId:
      form.get('client_id') ?? (basic ? decoded(basic.id) : null) ?? assertedClientId(assertion),
    secrets: secret === null ? readingsOf(basic) : [secret],
    secretMethod: secret === null ? 'client_secret_basic' : 'client_secret_post',
  }
}
