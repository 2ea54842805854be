import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { type Clock, epochSeconds } from '../../shared/clock.ts'
import type { Keys } from '../keys/keys.ts'
import type { RealmKey } from '../keys/realm-key.ts'
import type { Realm } from '../realms/realm.ts'
import { parseToken } from './json-web-token.ts'

const algorithm = 'HS512'
const keyBytes = 64
/** Longest token that is looked at, in characters: one with a hundred required actions is shorter. */
const tokenCharactersMax = 8_192
const actionsMax = 100

const common = {
  exp: z.int(),
  iat: z.int(),
  jti: z.string().min(1).max(64),
  iss: z.string(),
  aud: z.string(),
  /** Id of the user. */
  sub: z.string().min(1).max(64),
  /** `clientId` of the client that the user comes from. */
  azp: z.string(),
  /** Address that the mail went to: proves who reads it. */
  eml: z.string(),
  /** Tab that the link leads back to: hash of the browser's cookie, a dot, id of the tab. */
  asid: z.string().max(120).exactOptional(),
  /** The link was opened in another browser and is asked for again there. */
  oasid: z.string().max(120).exactOptional(),
  reduri: z.string().exactOptional(),
}

const claims = z.discriminatedUnion('typ', [
  z.strictObject({ typ: z.literal('verify-email'), ...common }),
  z.strictObject({ typ: z.literal('reset-credentials'), ...common }),
  z.strictObject({
    typ: z.literal('execute-actions'),
    ...common,
    rqac: z.array(z.string()).max(actionsMax),
  }),
  z.strictObject({
    typ: z.literal('update-email'),
    ...common,
    newEmail: z.string(),
    logoutSessions: z.boolean(),
  }),
  z.strictObject({
    typ: z.literal('magic-link'),
    ...common,
    /** What the code is computed from that another browser shows. */
    chl: z.string().max(64),
  }),
  z.strictObject({
    typ: z.literal('ORGIVT'),
    ...common,
    /** Empty for somebody who has no account yet. */
    sub: z.string().max(64),
    org_id: z.string().min(1).max(64),
  }),
])

/** What a link in a mail lets its reader do, once. */
export type ActionToken = z.infer<typeof claims>
export type ActionTokenType = ActionToken['typ']

/** @returns what is read of a token's text */
export type ReadActionToken =
  | { readonly kind: 'good'; readonly token: ActionToken }
  /** It was good once. */
  | { readonly kind: 'expired'; readonly token: ActionToken }
  /** Nothing that this realm has written as such. */
  | { readonly kind: 'none' }

export interface ActionTokensDeps {
  readonly keys: Pick<Keys, 'ring' | 'signingKey'>
  readonly clock: Clock
}

/**
 * The tokens in links of mails. They are signed by a key of their own, derived (HKDF, RFC 5869) from the realm's HMAC key:
 * no other token of the realm is ever taken for one, and they end with that key.
 */
export class ActionTokens {
  readonly #deps: ActionTokensDeps
  readonly #derived = new WeakMap<RealmKey, KeyObject>()

  constructor(deps: ActionTokensDeps) {
    this.#deps = deps
  }

  async sign(realm: Realm, token: ActionToken): Promise<string> {
    const key = await this.#deps.keys.signingKey(realm, algorithm)
    const header = { alg: algorithm, typ: 'JWT', kid: key.kid }
    const signed = `${encoded(header)}.${encoded(claims.parse(token))}`
    return `${signed}.${this.#signature(key, signed).toString('base64url')}`
  }

  /** @param issuer of the realm, as the request sees it: a token is read only where it was made for */
  read(realm: Realm, issuer: string, text: string): ReadActionToken {
    if (text.length > tokenCharactersMax) return { kind: 'none' }
    const parsed = parseToken(text)
    if (parsed === null || parsed.header.alg !== algorithm) return { kind: 'none' }
    const key = this.#deps.keys.ring(realm).byKid(parsed.header.kid ?? '')
    if (key === undefined || key.type !== 'OCT' || key.algorithm !== algorithm) {
      return { kind: 'none' }
    }
    const expected = this.#signature(key, parsed.signed)
    const { signature } = parsed
    if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) {
      return { kind: 'none' }
    }
    const token = claims.safeParse(parsed.claims)
    if (!token.success || token.data.iss !== issuer || token.data.aud !== issuer) {
      return { kind: 'none' }
    }
    const expired = token.data.exp <= epochSeconds(this.#deps.clock)
    return { kind: expired ? 'expired' : 'good', token: token.data }
  }

  #signature(key: RealmKey, signed: string): Buffer {
    return createHmac('sha512', this.#keyOf(key)).update(signed).digest()
  }

  #keyOf(key: RealmKey): KeyObject {
    const known = this.#derived.get(key)
    if (known !== undefined) return known
    const secret = key.privateKey.export()
    const bytes = hkdfSync('sha512', secret, '', 'holdfast action token', keyBytes)
    const derived = createSecretKey(Buffer.from(bytes))
    this.#derived.set(key, derived)
    return derived
  }
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
