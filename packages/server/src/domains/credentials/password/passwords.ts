import type { Database, Transaction } from '../../../database/database.ts'
import type { Patterns } from '../../../patterns/patterns.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Realm } from '../../realms/realm.ts'
import type { User } from '../../users/user.ts'
import type { Credential } from '../credential.ts'
import type { CredentialStore } from '../credential-store.ts'
import { isLocked } from '../login-failures/login-failure.ts'
import type { RemoteLoginFailures } from '../login-failures/remote-login-failures.ts'
import type { HashedFor } from './hashing-queue.ts'
import type { LeakedPasswords } from './leaked-passwords.ts'
import type { PasswordBlacklist } from './password-blacklist.ts'
import type { HashedPassword } from './password-hash.ts'
import type { PasswordHashes } from './password-hashes.ts'
import { type PolicyViolation, passwordPolicyOf, violatedRule } from './password-policy.ts'
import { PasswordRejected } from './password-rejected.ts'
import type { PasswordValidations } from './password-validations.ts'
import { UnreadableHashes } from './unreadable-hashes.ts'

/** Keycloak's type of earlier passwords, kept for the policies `passwordHistory` and `passwordAge`. */
const historyType = 'password-history'
const passwordType = 'password'
const dayMs = 86_400_000

/** Imports wait in one line. */
const ownWork: HashedFor = { realm: '', from: '' }
/** Most earlier passwords of a user that are kept and compared, whatever the policy asks for: each costs a hash. */
const earlierMax = 100
/** Longest password in UTF-8 bytes that is hashed. */
const passwordBytesMax = 4096

export interface PasswordsDeps {
  readonly database: Database
  readonly store: CredentialStore
  readonly hashes: PasswordHashes
  readonly validations: PasswordValidations
  readonly blacklist: PasswordBlacklist
  readonly leaked: Pick<LeakedPasswords, 'contains'>
  readonly patterns: Pick<Patterns, 'matches'>
  readonly clock: Clock
  readonly warn: (text: string) => void
  /** Where failed attempts are if not in SQL. */
  readonly remoteFailures: Pick<RemoteLoginFailures, 'of'> | null
}

export type PasswordCheck =
  | {
      readonly valid: true
      /** As it is in the database now. */
      readonly enabled: boolean
      /** Types of all credentials that the user has, best first. */
      readonly types: readonly string[]
      readonly credential: Credential
    }
  | {
      readonly valid: false
      /** After too many failures attempts are refused for a while. */
      readonly locked: boolean
    }

/** Stores a password that was checked and hashed before. */
export type StorePassword = (tx: Transaction) => Promise<void>

/** Checking and setting the password of a user. */
export class Passwords {
  readonly #deps: PasswordsDeps
  readonly #unreadable: UnreadableHashes

  constructor(deps: PasswordsDeps) {
    this.#deps = deps
    this.#unreadable = new UnreadableHashes(deps.warn)
  }

  /**
   * Checks a password; takes as long for an unknown user (null) as for a wrong password. A right one whose hash is not as
   * the realm's policy asks is hashed anew. Whether the user is locked changes nothing of the time.
   * @param from the client's address: those who wait for a hash take turns by it
   * @throws HashingQueueFull when too many hashes wait
   */
  async verify(
    realm: Realm,
    user: User | null,
    password: string,
    from: string,
  ): Promise<PasswordCheck> {
    const { database, store, hashes, clock } = this.#deps
    const { remoteFailures } = this.#deps
    const { bruteForceProtected } = realm.settings
    const countedIn = bruteForceProtected && remoteFailures === null ? realm.id : null
    const found =
      user === null ? null : await store.toVerify(database, user.id, passwordType, countedIn)
    const apart = bruteForceProtected && user !== null
    const failure = apart ? await remoteFailures?.of(realm.id, user.id) : null
    const locked = isLocked(failure ?? found?.failure ?? null, clock.now())
    const refused = { valid: false, locked } as const
    const asker = { realm: realm.id, from }
    if (password === '' || Buffer.byteLength(password) > passwordBytesMax) return refused
    const credential = found?.credentials[0]
    if (found === null || credential === undefined) {
      await hashes.verifyNothing(realm, password, asker)
      return refused
    }
    if (user !== null && !hashes.canCompare(credential)) {
      this.#unreadable.name(realm, user, credential)
    }
    const valid = await hashes.verify(realm, password, credential, asker)
    if (locked) return refused
    this.#deps.validations.count(realm.name, credential, valid)
    if (!valid) return refused
    if (hashes.needsRehash(realm, credential))
      await this.#rehash(realm, credential, password, asker)
    return { valid: true, enabled: found.enabled, types: found.types, credential }
  }

  /**
   * @returns the first rule of the realm's policy that the new password breaks
   * @throws HashingQueueFull (the history is compared by hashing)
   */
  async violation(
    realm: Realm,
    user: User,
    password: string,
  ): Promise<PolicyViolation | undefined> {
    const policy = passwordPolicyOf(realm)
    if (Buffer.byteLength(password) > passwordBytesMax) {
      return { key: 'invalidPasswordMaxLengthMessage', params: [String(passwordBytesMax)] }
    }
    const { patterns, leaked } = this.#deps
    const broken = await violatedRule({ realm, patterns }, password, user)
    if (broken !== undefined) return broken
    const { passwordBlacklist: blacklist } = policy
    if (blacklist !== undefined && (await this.#deps.blacklist.contains(blacklist, password))) {
      return { key: 'invalidPasswordBlacklistedMessage', params: [] }
    }
    const { notLeaked } = policy
    if (notLeaked !== undefined && (await leaked.contains(notLeaked, password, realm.name))) {
      return { key: 'invalidPasswordBlacklistedMessage', params: [] }
    }
    return this.#reused(realm, user, password)
  }

  /**
   * Hashes and stores a new password in place of the present one.
   * @param inTransaction further writes of the same transaction
   * @throws PasswordRejected when it breaks the realm's policy; HashingQueueFull
   */
  async set(
    realm: Realm,
    user: User,
    password: string,
    inTransaction: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    const store = await this.prepare(realm, user, password)
    await this.#deps.database.transaction(async (tx) => {
      await store(tx)
      await inTransaction(tx)
    })
  }

  /**
   * Checks and hashes a new password, which takes long, before the transaction that stores it.
   * @param user as it will be; its id need not exist yet
   * @param from address of somebody whom nobody knows yet: those take turns by it
   * @returns what stores it in place of the present one, in the caller's transaction
   * @throws PasswordRejected when it breaks the realm's policy; HashingQueueFull
   */
  async prepare(realm: Realm, user: User, password: string, from = ''): Promise<StorePassword> {
    const broken = await this.violation(realm, user, password)
    if (broken !== undefined) throw new PasswordRejected(broken)
    const hashed = await this.#deps.hashes.hash(realm, password, { realm: realm.id, from })
    return (tx) => this.#store(tx, realm, user, hashed)
  }

  /** Hashes as the realm's policy asks, storing nothing: for imports that bring plain passwords. @throws HashingQueueFull */
  hash(realm: Pick<Realm, 'settings'>, password: string): Promise<HashedPassword> {
    return this.#deps.hashes.hash(realm, password, ownWork)
  }

  /** @returns whether the policy `forceExpiredPasswordChange` wants another password now */
  isExpired(realm: Realm, credential: Pick<Credential, 'createdAt'>): boolean {
    const days = passwordPolicyOf(realm).forceExpiredPasswordChangeDays
    if (days === undefined || days < 0 || credential.createdAt === null) return false
    return this.#deps.clock.now() - credential.createdAt > days * dayMs
  }

  async #rehash(
    realm: Realm,
    credential: Credential,
    password: string,
    asker: HashedFor,
  ): Promise<void> {
    const hashed = await this.#deps.hashes.hash(realm, password, asker)
    await this.#deps.store.replaceData(this.#deps.database, credential, {
      ...hashed,
      createdAt: credential.createdAt,
    })
  }

  async #reused(realm: Realm, user: User, password: string): Promise<PolicyViolation | undefined> {
    const { passwordHistory, passwordAgeDays } = passwordPolicyOf(realm)
    if (passwordHistory <= 0 && passwordAgeDays <= 0) return undefined
    const all = await this.#deps.store.ofUser(this.#deps.database, user.id)
    const earlier = newestFirst(all).slice(0, earlierMax)
    const since = this.#deps.clock.now() - passwordAgeDays * dayMs
    for (const [index, credential] of earlier.entries()) {
      const inHistory = index < passwordHistory
      const young = passwordAgeDays > 0 && (credential.createdAt ?? 0) >= since
      if (
        (inHistory || young) &&
        (await this.#deps.hashes.verify(realm, password, credential, { realm: realm.id, from: '' }))
      ) {
        return inHistory
          ? { key: 'invalidPasswordHistoryMessage', params: [String(passwordHistory)] }
          : { key: 'invalidPasswordGenericMessage', params: [] }
      }
    }
    return undefined
  }

  /** The present password becomes history as far as the policy looks back; older ones go. */
  async #store(tx: Transaction, realm: Realm, user: User, hashed: HashedPassword): Promise<void> {
    const { store, clock } = this.#deps
    const { passwordHistory, passwordAgeDays } = passwordPolicyOf(realm)
    const all = await store.ofUser(tx, user.id)
    const present = all.find(({ type }) => type === passwordType)
    if (present === undefined) {
      await store.insert(
        tx,
        { userId: user.id, type: passwordType, userLabel: null, ...hashed },
        clock.now(),
      )
      return
    }
    const history = newestFirst(all).filter(({ id }) => id !== present.id)
    const keepsPresent = passwordHistory > 1 || passwordAgeDays > 0
    if (keepsPresent) {
      await store.insert(tx, { ...present, type: historyType }, present.createdAt ?? clock.now())
    }
    const since = clock.now() - passwordAgeDays * dayMs
    for (const [index, old] of history.entries()) {
      const young = passwordAgeDays > 0 && (old.createdAt ?? 0) >= since
      const kept = index + 2 < passwordHistory || young
      if (!kept || index + 2 >= earlierMax) await store.remove(tx, user.id, old.id)
    }
    await store.replaceData(tx, present, { ...hashed, createdAt: clock.now() })
  }
}

function newestFirst(credentials: readonly Credential[]): Credential[] {
  return credentials
    .filter(({ type }) => type === passwordType || type === historyType)
    .sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))
}
