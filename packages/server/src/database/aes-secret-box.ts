import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { SecretBox } from './secret-box.ts'

const scheme = 'hf1'
const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
const keyIdLength = 8

/** Secrets sealed with AES-256-GCM. The first key seals; all of them open, so that keys can be replaced one after another. */
export class AesSecretBox implements SecretBox {
  readonly encrypts = true
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #currentId: string
  readonly #current: Buffer

  /** @param keys 32 bytes each, current one first; at least one */
  constructor(keys: readonly Buffer[]) {
    const [current] = keys
    if (current === undefined) throw new Error('a secret box needs a key')
    this.#current = current
    this.#currentId = keyId(current)
    this.#keys = new Map(keys.map((key) => [keyId(key), key]))
  }

  seal(plain: string): string {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv(algorithm, this.#current, nonce)
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final()])
    const whole = Buffer.concat([sealed, cipher.getAuthTag()])
    return `${scheme}:${this.#currentId}:${whole.toString('base64url')}`
  }

  open(stored: string): string {
    const [prefix, id = '', text = ''] = stored.split(':')
    if (prefix !== scheme) return stored
    const key = this.#keys.get(id)
    if (key === undefined) throw new UnknownEncryptionKey(id)
    const whole = Buffer.from(text, 'base64url')
    const decipher = createDecipheriv(algorithm, key, whole.subarray(0, nonceBytes))
    decipher.setAuthTag(whole.subarray(-tagBytes))
    const plain = decipher.update(whole.subarray(nonceBytes, -tagBytes))
    return Buffer.concat([plain, decipher.final()]).toString('utf8')
  }

  isCurrent(stored: string): boolean {
    return stored.startsWith(`${scheme}:${this.#currentId}:`)
  }
}

/** A secret was sealed with a key that is not configured. */
export class UnknownEncryptionKey extends Error {
  constructor(id: string) {
    super(
      `A secret in the database is encrypted with the key ${id}, which is not in KC_ENCRYPTION_KEY`,
    )
    this.name = 'UnknownEncryptionKey'
  }
}

/** Names a key without telling it. */
function keyId(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, keyIdLength)
}
