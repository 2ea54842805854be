import type { SecretBox } from '../../database/secret-box.ts'

/**
 * Credentials that are sealed at rest: seeds of one-time codes, and recovery codes, whose hashes have no salt, so that whoever
 * has those of many users tries one code against all of them. Hashes of passwords withstand that, public keys need not.
 */
const sealedTypes = ['otp', 'recovery-authn-codes'] as const

/** The condition of the index `credential_sealed`. */
export const isOfSealedType = `type IN (${sealedTypes.map((type) => `'${type}'`).join(', ')})`

/** Secret data as its row holds it. Two columns, so that no text that somebody imports is taken for sealed. */
export interface StoredSecret {
  /** JSON; empty where it is sealed. */
  readonly secretData: string
  readonly secretSealed: string | null
}

/** Told of a credential that no configured key opens. */
export type OnUnreadableCredential = (type: string, error: unknown) => void

/** Seals and opens the secret data of credentials. */
export class CredentialSecrets {
  readonly #box: SecretBox
  readonly #onUnreadable: OnUnreadableCredential

  constructor(box: SecretBox, onUnreadable: OnUnreadableCredential = () => undefined) {
    this.#box = box
    this.#onUnreadable = onUnreadable
  }

  /** @param secretData JSON */
  seal(type: string, secretData: string): StoredSecret {
    const sealed = this.#box.encrypts && (sealedTypes as readonly string[]).includes(type)
    return sealed
      ? { secretData: '', secretSealed: this.#box.seal(secretData) }
      : { secretData, secretSealed: null }
  }

  /** @returns JSON; an empty object for what no key opens: such a credential is there and never verifies */
  open(type: string, { secretData, secretSealed }: StoredSecret): string {
    if (secretSealed === null) return secretData
    try {
      return this.#box.open(secretSealed)
    } catch (error) {
      this.#onUnreadable(type, error)
      return '{}'
    }
  }

  /** @returns the same under the current key; null when it is already, or no key opens it */
  reseal(type: string, stored: StoredSecret): StoredSecret | null {
    const { secretSealed } = stored
    if (!this.#box.encrypts) return null
    if (secretSealed === null) return this.seal(type, stored.secretData)
    if (this.#box.isCurrent(secretSealed)) return null
    try {
      return this.seal(type, this.#box.open(secretSealed))
    } catch {
      return null
    }
  }
}
