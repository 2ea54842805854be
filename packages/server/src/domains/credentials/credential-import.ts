import { newUuid } from '../../shared/random.ts'
import type { RealmSettings } from '../realms/realm.ts'
import type { UserId } from '../typed-ids.ts'

/** A row of table `credential`, its contents as JSON texts. */
export interface CredentialRow {
  readonly id: string
  readonly userId: UserId
  readonly type: string
  readonly userLabel: string | null
  readonly createdAt: number | null
  readonly priority: number
  readonly secretData: string
  readonly credentialData: string
}

/** A credential as representations hold it, in the present or a former form, or with a plain `value`. */
export interface GivenCredential {
  readonly id?: string | undefined
  readonly type?: string | undefined
  readonly userLabel?: string | undefined
  readonly createdDate?: number | undefined
  readonly secretData?: string | undefined
  readonly credentialData?: string | undefined
  readonly priority?: number | undefined
  readonly value?: string | undefined
  readonly temporary?: boolean | undefined
  readonly hashedSaltedValue?: string | undefined
  readonly salt?: string | undefined
  readonly hashIterations?: number | undefined
  readonly algorithm?: string | undefined
  readonly digits?: number | undefined
  readonly period?: number | undefined
  readonly counter?: number | undefined
}

/** A credential as it is stored: two JSON texts. */
interface StoredForm {
  readonly secretData: string
  readonly credentialData: string
}

/** Hashes a plain password by the policy of its realm. */
export type HashPassword = (
  password: string,
  settings: RealmSettings,
) => Promise<{
  readonly secretData: Readonly<Record<string, unknown>>
  readonly credentialData: Readonly<Record<string, unknown>>
}>

type Hash = (password: string) => ReturnType<HashPassword>

/** Names of types before Keycloak 8, which a flow of today asks nobody for. */
const formerTypes: ReadonlyMap<string, string> = new Map([
  ['totp', 'otp'],
  ['hotp', 'otp'],
])

/** Priority of the first credential, and the step to the next: as Keycloak numbers them. */
const priorityStep = 10

/**
 * @param given as exports hold it, in the present or a former form, or with a plain `value`
 * @returns the row to store; null when there is nothing to store
 */
export async function credentialRow(
  userId: UserId,
  index: number,
  given: GivenCredential,
  hash: Hash,
  now: number,
): Promise<CredentialRow | null> {
  const stored = await storedForm(given, hash)
  if (!stored) return null
  return {
    id: given.id ?? newUuid(),
    userId,
    type: formerTypes.get(given.type ?? '') ?? given.type ?? 'password',
    userLabel: given.userLabel ?? null,
    createdAt: given.createdDate ?? now,
    priority: given.priority ?? (index + 1) * priorityStep,
    ...stored,
  }
}

async function storedForm(given: GivenCredential, hash: Hash): Promise<StoredForm | null> {
  if (given.secretData !== undefined && given.credentialData !== undefined) {
    return { secretData: given.secretData, credentialData: given.credentialData }
  }
  if (given.type === 'totp' || given.type === 'hotp' || given.type === 'otp')
    return formerOtp(given)
  if (given.hashedSaltedValue !== undefined) return formerPassword(given)
  if (given.value === undefined) return null
  const { secretData, credentialData } = await hash(given.value)
  return { secretData: JSON.stringify(secretData), credentialData: JSON.stringify(credentialData) }
}

/** Passwords as they were exported before Keycloak 8. */
function formerPassword(given: GivenCredential): StoredForm {
  return {
    secretData: JSON.stringify({
      value: given.hashedSaltedValue,
      salt: given.salt ?? '',
      additionalParameters: {},
    }),
    credentialData: JSON.stringify({
      hashIterations: given.hashIterations ?? 1,
      algorithm: given.algorithm ?? 'pbkdf2',
      additionalParameters: {},
    }),
  }
}

/** One-time passwords as they were exported before Keycloak 8. */
function formerOtp(given: GivenCredential): StoredForm | null {
  const secret = given.hashedSaltedValue ?? given.value
  if (secret === undefined) return null
  return {
    secretData: JSON.stringify({ value: secret }),
    credentialData: JSON.stringify({
      subType: given.type === 'hotp' ? 'hotp' : 'totp',
      digits: given.digits ?? 6,
      counter: given.counter ?? 0,
      period: given.period ?? 30,
      algorithm: given.algorithm ?? 'HmacSHA1',
    }),
  }
}
