import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { RealmId } from '../../typed-ids.ts'
import type { ClusterKey, ClusterKeys } from './cluster-keys.ts'
import type { SealedKind } from './sealed-kind.ts'

const ivBytes = 12
const tagBytes = 16
const keyBytes = 32
const cipher = 'aes-256-gcm'

/** Longest sealed text, in characters, that is looked at. */
const sealedLengthMax = 12_000
/** Derived keys that are remembered at a time: one for each realm, kind and cluster key in use. */
const derivedKeysMax = 4_096

/** For whom something is sealed; it opens only where all of it is the same. */
export interface SealedFor {
  readonly realmId: RealmId
  /** Value of the cookie that names the browser; empty where any browser may open it. */
  readonly browserId: string
}

/**
 * Encrypts and authenticates content for a trip through the browser: `<key id>.<base64url of iv, ciphertext, tag>`.
 * Each realm and kind has its own key (HKDF, RFC 5869), so that nothing that happens in one realm says anything about
 * another's, and content of one kind is never taken for another.
 */
export class Seals {
  readonly #keys: Pick<ClusterKeys, 'current' | 'byId'>
  readonly #derived = new Map<string, Buffer>()

  constructor(deps: { readonly keys: Pick<ClusterKeys, 'current' | 'byId'> }) {
    this.#keys = deps.keys
  }

  async seal<T>(kind: SealedKind<T>, to: SealedFor, content: T): Promise<string> {
    const key = await this.#keys.current()
    const iv = randomBytes(ivBytes)
    const sealing = createCipheriv(cipher, this.#keyOf(key, kind.name, to.realmId), iv)
    sealing.setAAD(boundTo(kind.name, to))
    const text = sealing.update(JSON.stringify(content), 'utf8')
    const sealed = Buffer.concat([iv, text, sealing.final(), sealing.getAuthTag()])
    return `${key.id}.${sealed.toString('base64url')}`
  }

  /**
   * @returns undefined when it is not whole, is of another kind, realm or browser, says what its sealer never says, or
   *   when its key is gone
   */
  async open<T>(kind: SealedKind<T>, to: SealedFor, sealed: string): Promise<T | undefined> {
    if (sealed.length > sealedLengthMax) return undefined
    const [, id, encoded] = /^([\w-]{1,16})\.([\w-]+)$/.exec(sealed) ?? []
    if (id === undefined || encoded === undefined) return undefined
    const bytes = Buffer.from(encoded, 'base64url')
    if (bytes.length <= ivBytes + tagBytes) return undefined
    const key = await this.#keys.byId(id)
    if (key === undefined) return undefined
    try {
      const secret = this.#keyOf(key, kind.name, to.realmId)
      const opening = createDecipheriv(cipher, secret, bytes.subarray(0, ivBytes))
      opening.setAAD(boundTo(kind.name, to))
      opening.setAuthTag(bytes.subarray(-tagBytes))
      const text = opening.update(bytes.subarray(ivBytes, -tagBytes))
      const content: unknown = JSON.parse(Buffer.concat([text, opening.final()]).toString('utf8'))
      const read = kind.content.safeParse(content)
      return read.success ? read.data : undefined
    } catch {
      return undefined
    }
  }

  #keyOf(key: ClusterKey, kind: string, realmId: RealmId): Buffer {
    const name = `${key.id}|${kind}|${realmId}`
    const known = this.#derived.get(name)
    if (known !== undefined) return known
    if (this.#derived.size >= derivedKeysMax) this.#derived.clear()
    const derived = Buffer.from(
      hkdfSync('sha256', key.secret, realmId, `holdfast sealed ${kind}`, keyBytes),
    )
    this.#derived.set(name, derived)
    return derived
  }
}

/** Rows and sealed texts know the browser by this, so that neither gives the cookie away. */
export function browserHash(browserId: string): string {
  return createHash('sha256').update(browserId).digest('base64url')
}

function boundTo(kind: string, { realmId, browserId }: SealedFor): Buffer {
  return Buffer.from(`${kind}|${realmId}|${browserHash(browserId)}`)
}
