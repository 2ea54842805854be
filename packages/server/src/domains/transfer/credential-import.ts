import { newUuid } from '../../shared/random.ts'
import type { CredentialRepresentation } from './representation.ts'
import type { CredentialRow } from './user-import-store.ts'

/** What a hashed password consists of: Keycloak's two JSON texts. */
export interface HashedPassword {
  readonly secretData: string
  readonly credentialData: string
}

/** Hashes a plain password by the policy of its realm. */
export type HashPassword = (
  password: string,
  settings: { readonly passwordPolicy?: string },
) => Promise<HashedPassword>

/** Priority of the first credential, and the step to the next: as Keycloak numbers them. */
const priorityStep = 10

/**
 * @param given as exports hold it, in the present or a former form, or with a plain `value`
 * @returns the row to store; null when there is nothing to store
 */
export async function credentialRow(
  userId: string,
  index: number,
  given: CredentialRepresentation,
  hash: (password: string) => Promise<HashedPassword>,
  now: number,
): Promise<CredentialRow | null> {
  const stored = await storedForm(given, hash)
  if (!stored) return null
  return {
    id: given.id ?? newUuid(),
    userId,
    type: given.type ?? 'password',
    userLabel: given.userLabel ?? null,
    createdAt: given.createdDate ?? now,
    priority: given.priority ?? (index + 1) * priorityStep,
    ...stored,
  }
}

async function storedForm(
  given: CredentialRepresentation,
  hash: (password: string) => Promise<HashedPassword>,
): Promise<HashedPassword | null> {
  if (given.secretData !== undefined && given.credentialData !== undefined) {
    return { secretData: given.secretData, credentialData: given.credentialData }
  }
  if (given.type === 'totp' || given.type === 'hotp' || given.type === 'otp')
    return formerOtp(given)
  if (given.hashedSaltedValue !== undefined) return formerPassword(given)
  if (given.value !== undefined) return await hash(given.value)
  return null
}

/** Passwords as they were exported before Keycloak 8. */
function formerPassword(given: CredentialRepresentation): HashedPassword {
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
function formerOtp(given: CredentialRepresentation): HashedPassword | null {
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
