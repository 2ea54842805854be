import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import { hasFeature } from '../realms/realm-features.ts'
import type { Claims } from './token-context.ts'

/** What somebody proves to hold: a DPoP key (RFC 9449 §6.1), a client certificate (RFC 8705 §3.1), or nothing. */
export interface Confirmation {
  /** SHA-256 thumbprint of the key, base64url. */
  readonly jkt?: string
  /** SHA-256 thumbprint of the certificate, base64url. */
  readonly x5t?: string
  /** The access token stays a bearer token. */
  readonly onlyRefresh?: boolean
}

/** Nobody proves anything. */
export const unconfirmed: Confirmation = {}

/** @returns the claim `cnf` of a token that is bound, as Keycloak writes it; undefined for one that is not */
export function confirmationClaim({ jkt, x5t }: Confirmation): Claims | undefined {
  const certificate = x5t === undefined ? undefined : { 'x5t#S256': x5t }
  return jkt === undefined ? certificate : { jkt, 'kc-jkt-type': 'DPoP', ...certificate }
}

/** @returns what the holder of a token has to prove; null for a binding that is not understood, which nobody can prove */
export function boundTo(claims: Claims): Confirmation | null {
  const { cnf } = claims
  if (cnf === undefined) return unconfirmed
  if (cnf === null || typeof cnf !== 'object') return null
  const { jkt, 'x5t#S256': x5t } = cnf as Claims
  const known = [jkt, x5t].filter((value) => typeof value === 'string')
  if (known.length === 0) return null
  return {
    ...(typeof jkt === 'string' ? { jkt } : {}),
    ...(typeof x5t === 'string' ? { x5t } : {}),
  }
}

/** @returns whether somebody proves all that a token is bound to */
export function confirms(holder: Confirmation, claims: Claims): boolean {
  const wanted = boundTo(claims)
  if (wanted === null) return false
  if (wanted.jkt !== undefined && wanted.jkt !== holder.jkt) return false
  return wanted.x5t === undefined || wanted.x5t === holder.x5t
}

/** Whether a client wants all its access tokens bound to a DPoP key. */
export function wantsDpop(realm: Pick<Realm, 'switchedOff'>, client: Client): boolean {
  if (!hasFeature(realm, 'DPOP')) return false
  return client.representation.attributes?.['dpop.bound.access.tokens'] === 'true'
}

/** Whether a client wants all its access tokens bound to its certificate. */
export function wantsCertificate(client: Client): boolean {
  const attributes = client.representation.attributes ?? {}
  return attributes['tls.client.certificate.bound.access.tokens'] === 'true'
}

/** @returns what an access token is bound to */
export function accessConfirmation(confirmation: Confirmation = unconfirmed): Confirmation {
  return confirmation.onlyRefresh === true ? unconfirmed : confirmation
}
