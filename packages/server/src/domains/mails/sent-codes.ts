import { createHmac, hkdfSync } from 'node:crypto'
import { equalInConstantTime } from '../../shared/constant-time.ts'
import type { Keys } from '../keys/keys.ts'
import type { RealmKey } from '../keys/realm-key.ts'
import type { Realm } from '../realms/realm.ts'

const digits = 6
const keyBytes = 32

/**
 * Codes that are sent to users. A code is computed from the id of what it answers, by a key derived (HKDF, RFC 5869) from the
 * realm's HMAC key: it is made when it is sent and again when it is typed, and stored nowhere.
 */
export class SentCodes {
  readonly #keys: Pick<Keys, 'signingKey'>
  readonly #derived = new WeakMap<RealmKey, Buffer>()

  constructor(deps: { readonly keys: Pick<Keys, 'signingKey'> }) {
    this.#keys = deps.keys
  }

  /** @returns six digits */
  async of(realm: Realm, challengeId: string): Promise<string> {
    const key = this.#keyOf(await this.#keys.signingKey(realm, 'HS512'))
    const mac = createHmac('sha256', key).update(challengeId).digest()
    return String(mac.readUIntBE(0, 6) % 10 ** digits).padStart(digits, '0')
  }

  async isRight(realm: Realm, challengeId: string, typed: string): Promise<boolean> {
    return equalInConstantTime(typed, await this.of(realm, challengeId))
  }

  #keyOf(key: RealmKey): Buffer {
    const known = this.#derived.get(key)
    if (known !== undefined) return known
    const secret = key.privateKey.export()
    const derived = Buffer.from(hkdfSync('sha256', secret, '', 'holdfast sent code', keyBytes))
    this.#derived.set(key, derived)
    return derived
  }
}
