import { createHash } from 'node:crypto'
import type { Database, Transaction } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { UserId } from '../../typed-ids.ts'
import type { User } from '../../users/user.ts'
import type { Credential } from '../credential.ts'
import type { CredentialStore } from '../credential-store.ts'
import type { UsedCodeStore } from '../otp/used-code-store.ts'
import { type NewWebauthnKey, storedFormOf, storedKeyOf } from './stored-webauthn-key.ts'
import type { AssertionAnswer } from './webauthn-answer.ts'
import { provedCounter } from './webauthn-ceremony.ts'
import type { WebauthnPolicy, WebauthnType } from './webauthn-policy.ts'

export interface WebauthnCredentialsDeps {
  readonly database: Database
  readonly store: CredentialStore
  readonly usedCodes: UsedCodeStore
  readonly clock: Clock
}

/** Keys of authenticators: registering them and signing in with them. */
export class WebauthnCredentials {
  readonly #deps: WebauthnCredentialsDeps

  constructor(deps: WebauthnCredentialsDeps) {
    this.#deps = deps
  }

  /** The user's keys of one kind, best first. */
  async ofUser(userId: UserId, type: WebauthnType): Promise<Credential[]> {
    const all = await this.#deps.store.ofUser(this.#deps.database, userId)
    return all.filter((credential) => credential.type === type)
  }

  /**
   * Uses a challenge up, in the whole cluster: an answer to it that is sent again finds none.
   * @param until milliseconds since the epoch at which the login that it was made for is over
   * @returns false when it was used before
   */
  async useUp(challenge: string, until: number): Promise<boolean> {
    const id = createHash('sha256').update(challenge).digest('base64url')
    const { database, usedCodes } = this.#deps
    return await usedCodes.markUsed(database, `webauthn:${id}`, until)
  }

  /** Stores a key that was checked. @returns the id of the credential */
  add(
    tx: Transaction,
    user: User,
    type: WebauthnType,
    { key, label }: { readonly key: NewWebauthnKey; readonly label: string | null },
  ): Promise<string> {
    const stored = { userId: user.id, type, userLabel: label, ...storedFormOf(key) }
    return this.#deps.store.insert(tx, stored, this.#deps.clock.now())
  }

  /**
   * Checks an answer against the user's key that it names. A counter that moves on is stored by compare-and-set, so that of
   * two answers with the same one only one goes through.
   * @returns false where the user has no such key
   * @throws WebauthnRefusal
   */
  async verify(
    user: User,
    type: WebauthnType,
    answer: AssertionAnswer,
    { policy, challenge }: { readonly policy: WebauthnPolicy; readonly challenge: string },
  ): Promise<boolean> {
    for (const credential of await this.ofUser(user.id, type)) {
      const key = storedKeyOf(credential)
      if (key?.keyId !== answer.keyId) continue
      const counter = await provedCounter(answer, key, policy, challenge)
      return counter === key.counter || this.#moveOn(credential, counter)
    }
    return false
  }

  #moveOn(credential: Credential, counter: number): Promise<boolean> {
    return this.#deps.store.replaceData(this.#deps.database, credential, {
      secretData: credential.secretData,
      credentialData: { ...credential.credentialData, counter },
      createdAt: credential.createdAt,
    })
  }
}
