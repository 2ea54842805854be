/** Thrown where the bytes so far end in the middle of a message: it is read again when more have come. */
export class MessageIncomplete extends Error {}

/** Longest array that is taken: a value is never that long, and a length that is wrong must not fill the memory. */
const arrayBytesMax = 64 * 1024 * 1024

/** Reads what `WireWriter` writes. Every verb throws MessageIncomplete at the end of the bytes. */
export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** How far it has read. */
  get position(): number {
    return this.#at
  }

  byte(): number {
    return this.raw(1)[0] as number
  }

  short(): number {
    return this.raw(2).readUInt16BE()
  }

  variable(): number {
    let value = 0
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      if (factor > 2 ** 49) throw new Error('a number is too long')
    }
  }

  raw(length: number): Buffer {
    if (length > arrayBytesMax) throw new Error(`an array of ${length} bytes is too long`)
    const end = this.#at + length
    if (end > this.#bytes.length) throw new MessageIncomplete()
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }

  array(): Buffer {
    return this.raw(this.variable())
  }

  text(): string {
    return this.array().toString('utf8')
  }
}
