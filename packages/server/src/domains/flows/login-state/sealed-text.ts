import { createCipheriv, createDecipheriv } from 'node:crypto'
import { takeRandom } from '../../../shared/random.ts'
import type { ClusterKeys } from './cluster-keys.ts'

const ivBytes = 12
const tagBytes = 16
const cipher = 'aes-256-gcm'

/** Longest sealed text, in characters, that is looked at. */
const sealedLengthMax = 12_000

/**
 * Encrypts and authenticates text for a trip through the browser: `<key id>.<base64url of iv, ciphertext, tag>`.
 * @param boundTo realm, purpose and browser: the text opens only where all of it is the same
 */
export async function sealText(keys: ClusterKeys, text: string, boundTo: string): Promise<string> {
  const key = await keys.current()
  const iv = takeRandom(ivBytes)
  const sealing = createCipheriv(cipher, key.secret, iv)
  sealing.setAAD(Buffer.from(boundTo))
  const sealed = Buffer.concat([
    iv,
    sealing.update(text, 'utf8'),
    sealing.final(),
    sealing.getAuthTag(),
  ])
  return `${key.id}.${sealed.toString('base64url')}`
}

/** @returns the text, or undefined when it is not whole, was bound to something else or its key is gone */
export async function openText(
  keys: ClusterKeys,
  sealed: string,
  boundTo: string,
): Promise<string | undefined> {
  if (sealed.length > sealedLengthMax) return undefined
  const [, id, encoded] = /^([\w-]{1,16})\.([\w-]+)$/.exec(sealed) ?? []
  if (id === undefined || encoded === undefined) return undefined
  const bytes = Buffer.from(encoded, 'base64url')
  if (bytes.length <= ivBytes + tagBytes) return undefined
  const key = await keys.byId(id)
  if (key === undefined) return undefined
  try {
    const opening = createDecipheriv(cipher, key.secret, bytes.subarray(0, ivBytes))
    opening.setAAD(Buffer.from(boundTo))
    opening.setAuthTag(bytes.subarray(-tagBytes))
    const text = opening.update(bytes.subarray(ivBytes, -tagBytes))
    return Buffer.concat([text, opening.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
