import type { Registry } from 'prom-client'
import type { Database } from '../../database/database.ts'
import type { SecretBox } from '../../database/secret-box.ts'
import type { Patterns } from '../../patterns/patterns.ts'
import type { Clock } from '../../shared/clock.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { Events } from '../events/events.ts'
import type { Realm } from '../realms/realm.ts'
import type { UserId } from '../typed-ids.ts'
import type { User } from '../users/user.ts'
import { userDetailsChanged } from '../users/user-events.ts'
import type { Users } from '../users/users.ts'
import type { Credential } from './credential.ts'
import { CredentialResealStore } from './credential-reseal-store.ts'
import { CredentialSecrets, type OnUnreadableCredential } from './credential-secrets.ts'
import { CredentialStore } from './credential-store.ts'
import { LoginFailureStore } from './login-failures/login-failure-store.ts'
import { LoginFailures } from './login-failures/login-failures.ts'
import type { RemoteLoginFailures } from './login-failures/remote-login-failures.ts'
import { OtpCredentials } from './otp/otp-credentials.ts'
import { UsedCodeStore } from './otp/used-code-store.ts'
import { type HashingLimits, HashingQueue } from './password/hashing-queue.ts'
import { LeakedPasswords } from './password/leaked-passwords.ts'
import { PasswordBlacklist } from './password/password-blacklist.ts'
import { PasswordHashes } from './password/password-hashes.ts'
import { PasswordValidations } from './password/password-validations.ts'
import { type PasswordCheck, Passwords } from './password/passwords.ts'
import { RecoveryCodes } from './recovery-codes/recovery-codes.ts'
import { type AttestationFiles, AttestationTrust } from './webauthn/attestation-trust.ts'
import type { AuthenticatorModels } from './webauthn/authenticator-models.ts'
import { WebauthnCredentials } from './webauthn/webauthn-credentials.ts'
import { X509Certificates, type X509CertificatesDeps } from './x509/x509-certificates.ts'

export interface CredentialsDeps {
  readonly database: Database
  readonly secretBox: SecretBox
  readonly onUnreadableCredential: OnUnreadableCredential
  readonly users: Pick<Users, 'changeIn'>
  readonly clock: Clock
  /** Told of users who are locked. */
  readonly events: Pick<Events, 'record'>
  readonly patterns: Pick<Patterns, 'matches'>
  /** Where the files of the policies `passwordBlacklist` and `notLeaked` are. */
  readonly blacklistDirectory: string
  /** Asks other servers: for the policy `notLeaked`, and whether certificates are revoked. */
  readonly documents: { text(url: string): Promise<string> } & X509CertificatesDeps['requests']
  /** Where files of revocation lists of certificates are. */
  readonly certificateDirectory: string
  readonly revocationListsMax?: X509CertificatesDeps['listsMax']
  readonly authenticatorModels: AuthenticatorModels
  readonly attestation: AttestationFiles
  readonly warn: (text: string) => void
  readonly hashing: HashingLimits
  /** Null = failed attempts are counted in SQL. */
  readonly remoteFailures: RemoteLoginFailures | null
  readonly metrics: Registry
}

/** Verbs on what users prove themselves with: one member per method, and what all methods share. */
export class Credentials implements AsyncDisposable {
  readonly passwords: Passwords
  readonly otp: OtpCredentials
  readonly recoveryCodes: RecoveryCodes
  readonly webauthn: WebauthnCredentials
  readonly authenticatorModels: AuthenticatorModels
  readonly attestationTrust: AttestationTrust
  readonly x509: X509Certificates
  readonly failures: LoginFailures
  readonly secrets: CredentialSecrets
  readonly #deps: CredentialsDeps
  readonly #store: CredentialStore
  readonly #hashing: HashingQueue

  constructor(deps: CredentialsDeps) {
    const { database, clock, users } = deps
    this.secrets = new CredentialSecrets(deps.secretBox, deps.onUnreadableCredential)
    const store = new CredentialStore(this.secrets)
    this.#store = store
    this.#hashing = new HashingQueue(deps.hashing)
    const hashes = new PasswordHashes(this.#hashing)
    this.#deps = deps
    this.passwords = new Passwords({
      database,
      store,
      clock,
      hashes,
      patterns: deps.patterns,
      warn: deps.warn,
      remoteFailures: deps.remoteFailures,
      validations: new PasswordValidations(deps.metrics, hashes),
      blacklist: new PasswordBlacklist(deps.blacklistDirectory),
      leaked: new LeakedPasswords({ ...deps, directory: deps.blacklistDirectory }),
    })
    const usedCodes = new UsedCodeStore()
    this.otp = new OtpCredentials({ database, store, clock, usedCodes })
    this.x509 = new X509Certificates({
      clock,
      requests: deps.documents,
      directory: deps.certificateDirectory,
      listsMax: deps.revocationListsMax,
    })
    this.authenticatorModels = deps.authenticatorModels
    this.attestationTrust = new AttestationTrust(deps.attestation, clock)
    this.webauthn = new WebauthnCredentials({ database, store, clock, usedCodes })
    this.recoveryCodes = new RecoveryCodes({ database, store, clock })
    const { events } = deps
    const failures = new LoginFailureStore()
    const { remoteFailures: remote } = deps
    this.failures = new LoginFailures({ database, store: failures, remote, users, clock, events })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hashing.stop()
  }

  /** Writes the secret data of every credential anew that is stored plain or under an earlier encryption key. */
  async resealSecrets(): Promise<void> {
    await new CredentialResealStore(this.secrets).all(this.#deps.database)
  }

  /**
   * One guess at a password: checked as by Passwords.verify and, where it is wrong, counted. Takes as long for nobody (null)
   * and for a user who is locked.
   * @throws HashingQueueFull
   */
  async verifyPassword(
    realm: Realm,
    user: User | null,
    password: string,
    from: string,
  ): Promise<PasswordCheck> {
    const attempt = { ip: from, secondary: false }
    const { result, lockedMeanwhile } = await this.failures.guessBeside(realm, user, attempt, () =>
      this.passwords.verify(realm, user, password, from),
    )
    return lockedMeanwhile ? { valid: false, locked: true } : result
  }

  /**
   * Sets a password. A temporary one has to be changed at the next login; one that is not ends that duty.
   * @throws PasswordRejected with the policy's message; HashingQueueFull
   */
  async setPassword(
    realm: Realm,
    user: User,
    password: string,
    options: { readonly temporary: boolean; readonly trace?: AdminTrace },
  ): Promise<void> {
    const action = 'UPDATE_PASSWORD'
    await this.passwords.set(realm, user, password, async (tx) => {
      tx.append([userDetailsChanged(user.id)])
      await options.trace?.(tx)
      if (user.requiredActions.includes(action) === options.temporary) return
      await this.#deps.users.changeIn(tx, realm, user.id, (present) => {
        const others = present.requiredActions.filter((alias) => alias !== action)
        return { ...present, requiredActions: options.temporary ? [...others, action] : others }
      })
    })
  }

  /** One guess at a one-time code: as OtpCredentials.verify, counted where it is wrong. */
  async verifyOtp(
    realm: Realm,
    user: User,
    code: string,
    { from, credentialId }: { readonly from: string; readonly credentialId?: string | undefined },
  ): Promise<'right' | 'wrong' | 'locked'> {
    return await this.failures.guess(realm, user, { ip: from, secondary: true }, () =>
      this.otp.verify(realm, user, code, credentialId),
    )
  }

  /** One guess at a recovery code: as RecoveryCodes.verify, counted where it is wrong. */
  async verifyRecoveryCode(
    realm: Realm,
    user: User,
    code: string,
    from: string,
  ): Promise<'right' | 'wrong' | 'locked'> {
    // As Keycloak: the limit of one-time codes does not count these.
    return await this.failures.guess(realm, user, { ip: from, secondary: false }, () =>
      this.recoveryCodes.verify(user, code),
    )
  }

  /** What a user has, best first; without earlier passwords. */
  async list(userId: UserId): Promise<Credential[]> {
    const all = await this.#store.ofUser(this.#deps.database, userId)
    return all.filter(({ type }) => type !== 'password-history')
  }

  /** Types that a user has, in the order of preference. */
  typesOf(userId: UserId): Promise<string[]> {
    return this.#store.typesOf(this.#deps.database, userId)
  }

  /** @returns whether the user had such a credential */
  async remove(userId: UserId, credentialId: string, trace?: AdminTrace): Promise<boolean> {
    return this.#deps.database.transaction(async (tx) => {
      if (!(await this.#store.remove(tx, userId, credentialId))) return false
      tx.append([userDetailsChanged(userId)])
      await trace?.(tx)
      return true
    })
  }

  /** Names a credential. @returns whether the user had such a credential */
  async relabel(userId: UserId, credentialId: string, label: string): Promise<boolean> {
    return this.#store.relabel(this.#deps.database, userId, credentialId, label)
  }

  /**
   * Puts a credential right behind another one in the user's order, or first (null).
   * @returns whether the user has both
   */
  async moveAfter(userId: UserId, credentialId: string, after: string | null): Promise<boolean> {
    return this.#deps.database.transaction(async (tx) => {
      const ids = (await this.#store.ofUser(tx, userId)).map(({ id }) => id)
      const others = ids.filter((id) => id !== credentialId)
      const at = after === null ? 0 : others.indexOf(after) + 1
      if (!ids.includes(credentialId) || (after !== null && at === 0)) return false
      await this.#store.reorder(tx, userId, others.toSpliced(at, 0, credentialId))
      return true
    })
  }
}
