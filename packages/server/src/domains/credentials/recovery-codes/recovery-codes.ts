import { createHash, randomInt } from 'node:crypto'
import type { Database, Transaction } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import { equalInConstantTime } from '../../../shared/constant-time.ts'
import type { UserId } from '../../typed-ids.ts'
import type { User } from '../../users/user.ts'
import type { Credential } from '../credential.ts'
import type { CredentialStore } from '../credential-store.ts'

const recoveryType = 'recovery-authn-codes'

/** Codes in a new list. */
const codesInList = 12
/** Characters of a code: with 34 letters and digits 61 bits, so that a plain hash of it is enough. */
const codeLength = 12
/** Without the zero and the letter that looks like it. */
const alphabet = 'ABCDEFGHIJKLMNPQRSTUVWXYZ123456789'

interface StoredCode {
  readonly number: number
  /** Base64 of the SHA-512 of the code. */
  readonly encodedHashedValue: string
}

/** Lists of codes that each work once, in their order, when no other second factor is at hand. */
export class RecoveryCodes {
  readonly #database: Database
  readonly #store: CredentialStore
  readonly #clock: Clock

  constructor(deps: {
    readonly database: Database
    readonly store: CredentialStore
    readonly clock: Clock
  }) {
    this.#clock = deps.clock
    this.#database = deps.database
    this.#store = deps.store
  }

  /** @returns the number (from 1) of the code that is asked for next, or undefined when the user has none left */
  async nextNumber(userId: UserId): Promise<number | undefined> {
    const credential = await this.#credential(userId)
    return credential === undefined ? undefined : codesOf(credential)[0]?.number
  }

  /** Checks and uses up the next code; a compare-and-set lets only one of two requests with the same code through. */
  async verify(user: User, typed: string): Promise<boolean> {
    const credential = await this.#credential(user.id)
    const [next, ...rest] = credential === undefined ? [] : codesOf(credential)
    if (credential === undefined || next === undefined) return false
    const code = typed.replaceAll(/[\s-]/g, '').toUpperCase()
    const hash = createHash('sha512').update(code).digest('base64')
    if (!equalInConstantTime(hash, next.encodedHashedValue)) return false
    return this.#store.replaceData(this.#database, credential, {
      secretData: { ...credential.secretData, codes: rest },
      credentialData: { ...credential.credentialData, remainingCodes: rest.length },
      createdAt: credential.createdAt,
    })
  }

  /** @returns codes for a new list, behind the time at which they were made (milliseconds since the epoch) */
  newCodes(): string[] {
    const code = () =>
      Array.from({ length: codeLength }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
    return [String(this.#clock.now()), ...Array.from({ length: codesInList }, code)]
  }

  /** Stores a list in the place of the user's earlier one. */
  async replace(
    tx: Transaction,
    user: User,
    codes: readonly string[],
    userLabel: string,
  ): Promise<void> {
    for (const { id, type } of await this.#store.ofUser(tx, user.id)) {
      if (type === recoveryType) await this.#store.remove(tx, user.id, id)
    }
    const stored = codes.map((code, index) => ({
      number: index + 1,
      encodedHashedValue: createHash('sha512').update(code).digest('base64'),
    }))
    await this.#store.insert(
      tx,
      {
        userId: user.id,
        type: recoveryType,
        userLabel,
        secretData: { codes: stored },
        credentialData: {
          hashIterations: 1,
          // Keycloak's name of it.
          algorithm: 'RS512',
          totalCodes: codes.length,
          remainingCodes: codes.length,
        },
      },
      this.#clock.now(),
    )
  }

  async #credential(userId: UserId): Promise<Credential | undefined> {
    const all = await this.#store.ofUser(this.#database, userId)
    return all.find(({ type }) => type === recoveryType)
  }
}

function codesOf(credential: Credential): StoredCode[] {
  const codes = credential.secretData['codes']
  return Array.isArray(codes) ? (codes as StoredCode[]) : []
}
