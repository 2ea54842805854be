import { type FileHandle, open } from 'node:fs/promises'
import { murmurHash } from './murmur-hash.ts'

/** How files of Guava say that positions are made of one MurmurHash3 of 128 bits: the second of its strategies. */
const strategy = 1
const headerBytes = 6
const wordBits = 64
const wordBytes = 8
const hashesMax = 255

const positive = 0x7fff_ffff_ffff_ffffn
const mask = 0xffff_ffff_ffff_ffffn

/** @returns the bits that stand for a text */
function positions(text: string, hashes: number, bits: number): number[] {
  const [first, second] = murmurHash(Buffer.from(text))
  let combined = first
  return Array.from({ length: hashes }, () => {
    const position = Number((combined & positive) % BigInt(bits))
    combined = (combined + second) & mask
    return position
  })
}

/** Words are big-endian, and bits within them begin at the lowest. */
function place(position: number): { byte: number; bit: number } {
  const within = position % wordBits
  const byte = Math.floor(position / wordBits) * wordBytes + (wordBytes - 1 - (within >> 3))
  return { byte, bit: 1 << (within & 7) }
}

/** A Bloom filter of texts, in the form in which Guava (and so Keycloak) writes it. */
export class BloomFilter {
  readonly #content: Buffer
  readonly #hashes: number
  readonly #bits: number

  /**
   * @param count how many texts are to come
   * @param falsePositives share of other texts that may be taken for one of them
   */
  constructor(count: number, falsePositives: number) {
    const bits = Math.floor((-count * Math.log(falsePositives)) / (Math.LN2 * Math.LN2))
    const words = Math.max(1, Math.ceil(bits / wordBits))
    this.#bits = words * wordBits
    this.#hashes = Math.max(1, Math.round(-Math.log(falsePositives) / Math.LN2))
    this.#content = Buffer.alloc(headerBytes + words * wordBytes)
    this.#content.writeUInt8(strategy, 0)
    this.#content.writeUInt8(this.#hashes, 1)
    this.#content.writeInt32BE(words, 2)
  }

  get content(): Buffer {
    return this.#content
  }

  add(text: string): void {
    for (const position of positions(text, this.#hashes, this.#bits)) {
      const { byte, bit } = place(position)
      const at = headerBytes + byte
      this.#content.writeUInt8(this.#content.readUInt8(at) | bit, at)
    }
  }
}

/**
 * Looks a text up in a file, of which it reads a few bytes: nothing stays in memory.
 * @returns false = it was never added; true = it was, or happens to look like it
 * @throws Error for what is no such file
 */
export async function isInBloomFile(file: string, text: string): Promise<boolean> {
  await using handle = await open(file)
  const header = await bytesAt(handle, 0, headerBytes)
  const hashes = header.readUInt8(1)
  const words = header.readInt32BE(2)
  if (header.readUInt8(0) !== strategy || hashes < 1 || hashes > hashesMax || words < 1) {
    throw new Error('not a Bloom filter')
  }
  for (const position of positions(text, hashes, words * wordBits)) {
    const { byte, bit } = place(position)
    const [found = 0] = await bytesAt(handle, headerBytes + byte, 1)
    if ((found & bit) === 0) return false
  }
  return true
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position)
  if (bytesRead < length) throw new Error('the file ends too early')
  return buffer
}
