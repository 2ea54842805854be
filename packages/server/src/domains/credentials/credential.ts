import type { UserId } from '../typed-ids.ts'

/** `password`, `otp`, `recovery-authn-codes`, `webauthn`, `webauthn-passwordless`; imports may bring others. */
export type CredentialType = string

/** A stored credential of a user (Keycloak's CredentialRepresentation without the value that the user knows). */
export interface Credential {
  readonly id: string
  readonly userId: UserId
  readonly type: CredentialType
  readonly userLabel: string | null
  /** Milliseconds since the epoch; null where an import had none. */
  readonly createdAt: number | null
  /** Lower comes first: the order in which the user prefers them. */
  readonly priority: number
  /** Never leaves the server: hash and salt, OTP secret. */
  readonly secretData: Readonly<Record<string, unknown>>
  /** May be shown: algorithm, iterations, digits, period. */
  readonly credentialData: Readonly<Record<string, unknown>>
  readonly ver: number
}

/** A credential that has no row yet. */
export type NewCredential = Pick<
  Credential,
  'userId' | 'type' | 'userLabel' | 'secretData' | 'credentialData'
>

/** @returns the member as text, or undefined where it is absent or something else */
export function textMember(
  record: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = record[name]
  return typeof value === 'string' ? value : undefined
}

/** @returns the member as a number (imports write some as text), or `fallback` */
export function numberMember(
  record: Readonly<Record<string, unknown>>,
  name: string,
  fallback: number,
): number {
  const value = Number(record[name] ?? Number.NaN)
  return Number.isFinite(value) ? value : fallback
}
