import { HOTP, Secret, TOTP } from 'otpauth'
import type { Database, Transaction } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import { randomAlphanumeric } from '../../../shared/random.ts'
import type { Realm } from '../../realms/realm.ts'
import { withinRange } from '../../realms/realm-limits.ts'
import type { UserId } from '../../typed-ids.ts'
import type { User } from '../../users/user.ts'
import type { Credential } from '../credential.ts'
import type { CredentialStore } from '../credential-store.ts'
import {
  areUsable,
  digestName,
  matchCode,
  matchSecret,
  type OtpParameters,
  otpPeriod,
  parametersOf,
} from './one-time-code.ts'
import type { UsedCodeStore } from './used-code-store.ts'

const otpType = 'otp'

/** Characters of a new secret; their ASCII bytes are the key (20 bytes, RFC 4226 §4 R6). */
const secretLength = 20

export interface OtpCredentialsDeps {
  readonly database: Database
  readonly store: CredentialStore
  readonly usedCodes: UsedCodeStore
  readonly clock: Clock
}

/** One-time passwords from an authenticator app: checking codes and setting devices up. */
export class OtpCredentials {
  readonly #deps: OtpCredentialsDeps

  constructor(deps: OtpCredentialsDeps) {
    this.#deps = deps
  }

  /** The user's devices, best first. */
  async devices(userId: UserId): Promise<Credential[]> {
    const all = await this.#deps.store.ofUser(this.#deps.database, userId)
    return all.filter(({ type }) => type === otpType)
  }

  /**
   * Checks a code against one device (`credentialId`) or, without it, against the first one. A HOTP counter moves on, and
   * where the realm forbids reuse a TOTP code works once in the cluster.
   */
  async verify(realm: Realm, user: User, code: string, credentialId?: string): Promise<boolean> {
    const devices = await this.devices(user.id)
    const device =
      credentialId === undefined ? devices[0] : devices.find(({ id }) => id === credentialId)
    if (device === undefined) return false
    const match = matchCode(
      device,
      code,
      realm.settings.otpPolicyLookAheadWindow,
      this.#deps.clock.now(),
    )
    if (match === undefined) return false
    return parametersOf(device).type === 'hotp'
      ? this.#advance(device, match.counter)
      : this.#notUsedBefore(realm, device, match.counter)
  }

  /** @returns a secret for a device that is to be set up, in the form in which it is stored */
  newSecret(): string {
    return randomAlphanumeric(secretLength)
  }

  /** @returns the key URI that authenticator apps scan */
  keyUri(realm: Realm, user: User, secret: string): string {
    const policy = policyOf(realm)
    const shared = {
      issuer: realm.settings.displayName ?? realm.name,
      label: user.username,
      secret: Secret.fromUTF8(secret),
      algorithm: digestName(policy.algorithm),
      digits: policy.digits,
    }
    return policy.type === 'hotp'
      ? new HOTP({ ...shared, counter: policy.counter }).toString()
      : new TOTP({ ...shared, period: policy.period }).toString()
  }

  /** @returns the credential to store, or undefined when `code` is not right for `secret` */
  confirmed(
    realm: Realm,
    secret: string,
    code: string,
  ): Pick<Credential, 'secretData' | 'credentialData'> | undefined {
    const policy = policyOf(realm)
    const match = matchSecret(
      Secret.fromUTF8(secret),
      policy,
      code,
      realm.settings.otpPolicyLookAheadWindow,
      this.#deps.clock.now(),
    )
    if (match === undefined) return undefined
    const { type: subType, digits, period, algorithm } = policy
    const counter = subType === 'hotp' ? match.counter + 1 : 0
    return {
      secretData: { value: secret },
      credentialData: { subType, digits, counter, period, algorithm },
    }
  }

  /** Stores a confirmed device. */
  async add(
    tx: Transaction,
    user: User,
    data: Pick<Credential, 'secretData' | 'credentialData'>,
    userLabel: string | null,
  ): Promise<void> {
    await this.#deps.store.insert(
      tx,
      { userId: user.id, type: otpType, userLabel, ...data },
      this.#deps.clock.now(),
    )
  }

  /** A compare-and-set on `ver`: of two requests with the same HOTP code only one goes through. */
  #advance(device: Credential, used: number): Promise<boolean> {
    return this.#deps.store.replaceData(this.#deps.database, device, {
      secretData: device.secretData,
      credentialData: { ...device.credentialData, counter: used + 1 },
      createdAt: device.createdAt,
    })
  }

  async #notUsedBefore(realm: Realm, device: Credential, step: number): Promise<boolean> {
    if (reusable(realm)) return true
    const periodMs = parametersOf(device).period * 1000
    const window = withinRange('otpPolicyLookAheadWindow', realm.settings.otpPolicyLookAheadWindow)
    const until = (step + 2 + window) * periodMs
    return this.#deps.usedCodes.markUsed(this.#deps.database, `otp:${device.id}:${step}`, until)
  }
}

/** Keycloak's, for a realm whose own make no codes. */
const usualPolicy = { algorithm: 'HmacSHA1', digits: 6, counter: 0 }

/** @returns the realm's policy for new devices; of one by which no code can be made, Keycloak's defaults */
export function policyOf({ settings }: Pick<Realm, 'settings'>): OtpParameters {
  const policy: OtpParameters = {
    type: settings.otpPolicyType === 'hotp' ? 'hotp' : 'totp',
    algorithm: settings.otpPolicyAlgorithm,
    digits: settings.otpPolicyDigits,
    period: otpPeriod(settings.otpPolicyPeriod),
    counter: settings.otpPolicyInitialCounter,
  }
  return areUsable(policy) ? policy : { ...policy, ...usualPolicy }
}

/** Keycloak keeps the setting in the attribute `realmReusableOtpCode` too; either may come with an import. */
function reusable(realm: Realm): boolean {
  return (
    realm.settings.otpPolicyCodeReusable === true ||
    realm.settings.attributes['realmReusableOtpCode'] === 'true'
  )
}

/** @returns a stored secret as people type it into an app */
export function secretBase32(secret: string): string {
  return Secret.fromUTF8(secret).base32
}
