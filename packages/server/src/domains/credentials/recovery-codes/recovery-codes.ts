import { createHash } from 'node:crypto'
import type { Database } from '../../../database/database.ts'
import { equalInConstantTime } from '../../../shared/constant-time.ts'
import type { User } from '../../users/user.ts'
import type { Credential } from '../credential.ts'
import type { CredentialStore } from '../credential-store.ts'

const recoveryType = 'recovery-authn-codes'

interface StoredCode {
  readonly number: number
  /** Base64 of the SHA-512 of the code. */
  readonly encodedHashedValue: string
}

/** Lists of codes that each work once, in their order, when no other second factor is at hand. */
export class RecoveryCodes {
  readonly #database: Database
  readonly #store: CredentialStore

  constructor(deps: { readonly database: Database; readonly store: CredentialStore }) {
    this.#database = deps.database
    this.#store = deps.store
  }

  /** @returns the number (from 1) of the code that is asked for next, or undefined when the user has none left */
  async nextNumber(userId: string): Promise<number | undefined> {
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
    return this.#store.replaceData(this.#database, credential.id, credential.ver, {
      secretData: { ...credential.secretData, codes: rest },
      credentialData: { ...credential.credentialData, remainingCodes: rest.length },
      createdAt: credential.createdAt,
    })
  }

  async #credential(userId: string): Promise<Credential | undefined> {
    const all = await this.#store.ofUser(this.#database, userId)
    return all.find(({ type }) => type === recoveryType)
  }
}

function codesOf(credential: Credential): StoredCode[] {
  const codes = credential.secretData['codes']
  return Array.isArray(codes) ? (codes as StoredCode[]) : []
}
