import type { Transaction } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import {
  type CredentialRow,
  credentialRow,
  type GivenCredential,
} from '../credentials/credential-import.ts'
import type { CredentialSecrets } from '../credentials/credential-secrets.ts'
import type { Passwords, StorePassword } from '../credentials/password/passwords.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { UserId } from '../typed-ids.ts'
import type { User } from '../users/user.ts'
import { NewUserStore } from './new-user-store.ts'

/** Types of credentials that a user may be given as they were stored elsewhere; others have no meaning here. */
const storedTypes: ReadonlySet<string> = new Set([
  'password',
  'otp',
  'totp',
  'hotp',
  'webauthn',
  'webauthn-passwordless',
  'recovery-authn-codes',
])

export interface PreparedCredentialsDeps {
  readonly passwords: Pick<Passwords, 'prepare'>
  readonly secrets: CredentialSecrets
  readonly clock: Clock
}

/** Credentials that a user is given, checked and hashed, ready to be stored by the transaction that writes the user. */
export class PreparedCredentials {
  /** Whether the password has to be changed at the next login; undefined where none was given. */
  readonly duty: boolean | undefined
  readonly #passwords: readonly StorePassword[]
  readonly #rows: readonly CredentialRow[]
  readonly #store: NewUserStore

  private constructor(
    duty: boolean | undefined,
    passwords: readonly StorePassword[],
    rows: readonly CredentialRow[],
    secrets: CredentialSecrets,
  ) {
    this.duty = duty
    this.#passwords = passwords
    this.#rows = rows
    this.#store = new NewUserStore(secrets)
  }

  /**
   * @param user as it will be
   * @throws PasswordRejected, HashingQueueFull, ModelError `invalid` for stored credentials that cannot be read
   */
  static async of(
    { passwords, secrets, clock }: PreparedCredentialsDeps,
    realm: Realm,
    user: User,
    given: readonly GivenCredential[],
    from?: string,
  ): Promise<PreparedCredentials> {
    const stores: StorePassword[] = []
    const rows: CredentialRow[] = []
    let duty: boolean | undefined
    for (const [index, credential] of given.entries()) {
      if (credential.temporary) duty = true
      if (credential.value) {
        stores.push(await passwords.prepare(realm, user, credential.value, from))
        duty ??= false
        continue
      }
      const row = await storedRow(user.id, index, credential, clock.now())
      if (row) rows.push(row)
    }
    return new PreparedCredentials(duty, stores, rows, secrets)
  }

  async storeIn(tx: Transaction): Promise<void> {
    for (const store of this.#passwords) await store(tx)
    if (this.#rows.length === 0) return
    await orDuplicate('Credential already exists', () =>
      this.#store.insertCredentials(tx, this.#rows),
    )
  }
}

async function storedRow(userId: UserId, index: number, given: GivenCredential, now: number) {
  if (!storedTypes.has(given.type ?? 'password')) return null
  for (const text of [given.secretData, given.credentialData]) {
    if (text !== undefined && !isObject(text)) {
      throw new ModelError('invalid', 'Cannot parse the JSON')
    }
  }
  const noPlainText = () => {
    throw new ModelError('invalid', 'Credential without value')
  }
  const { value: _, ...stored } = given
  return await credentialRow(userId, index, stored, noPlainText, now)
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
