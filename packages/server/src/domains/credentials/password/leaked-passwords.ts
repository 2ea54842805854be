import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, join } from 'node:path'

export interface LeakedPasswordsDeps {
  /** Where files are. */
  readonly directory: string
  /** Reads public documents. */
  readonly documents: { text(url: string): Promise<string> }
  readonly warn: (text: string) => void
}

/** Hexadecimal digits of a SHA-1 that are told to the service; the rest stays here (k-anonymity). */
const prefixDigits = 5
const hashDigits = 40
/** Longest line of a file: a hash, a colon, a count. */
const lineBytesMax = 64

/**
 * Looks passwords up among those that are known to have leaked: at a service that answers ranges of SHA-1 hashes, as Have I
 * Been Pwned does, or in a sorted file of such hashes. What cannot be asked refuses nobody.
 */
export class LeakedPasswords {
  readonly #deps: LeakedPasswordsDeps

  constructor(deps: LeakedPasswordsDeps) {
    this.#deps = deps
  }

  /**
   * @param source the policy's value: the URL that the first five digits are appended to, or the name of a file
   * @param realm name for the log
   */
  async contains(source: string, password: string, realm: string): Promise<boolean> {
    const hash = createHash('sha1').update(password).digest('hex').toUpperCase()
    try {
      return isUrl(source)
        ? await this.#isInRange(source, hash)
        : await this.#isInFile(source, hash)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#deps.warn(`Realm ${realm}: leaked passwords could not be looked up: ${reason}`)
      return false
    }
  }

  async #isInRange(url: string, hash: string): Promise<boolean> {
    const rest = hash.slice(prefixDigits)
    const text = await this.#deps.documents.text(url + hash.slice(0, prefixDigits))
    return text.split('\n').some((line) => {
      const [suffix = '', count = '1'] = line.trim().split(':')
      // Lines with a count of 0 are there to hide how long the answer is.
      return suffix.toUpperCase() === rest && Number(count) > 0
    })
  }

  async #isInFile(name: string, hash: string): Promise<boolean> {
    const file = await open(join(this.#deps.directory, basename(name)))
    try {
      return await isInSortedFile(file, hash)
    } finally {
      await file.close()
    }
  }
}

/** @returns whether a policy's value is the URL of a service */
export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source)
}

/** Halves the file until one line is left. */
async function isInSortedFile(file: FileHandle, hash: string): Promise<boolean> {
  const { size } = await file.stat()
  let low = 0
  let high = size
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const { start, end, found } = await lineAround(file, middle)
    if (found === hash) return true
    if (found < hash) low = end
    else high = start
  }
  return false
}

/** The line that the byte at `position` belongs to. @throws Error when it is longer than a line of hashes */
async function lineAround(file: FileHandle, position: number) {
  const from = Math.max(0, position - lineBytesMax)
  const buffer = Buffer.alloc(2 * lineBytesMax)
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from)
  const text = buffer.subarray(0, bytesRead).toString('latin1')
  const before = text.lastIndexOf('\n', position - from - 1)
  if (before < 0 && from > 0) throw new Error('the file has a line that is no hash')
  const after = text.indexOf('\n', position - from)
  const end = after < 0 ? bytesRead : after + 1
  if (after < 0 && bytesRead === buffer.length)
    throw new Error('the file has a line that is no hash')
  const found = text.slice(before + 1, before + 1 + hashDigits).toUpperCase()
  return { start: from + before + 1, end: from + end, found }
}
