/** Writes what Hot Rod messages are made of: bytes, unsigned integers of variable length, arrays and texts behind theirs. */
export class WireWriter {
  readonly #parts: Buffer[] = []

  byte(value: number): this {
    this.#parts.push(Buffer.from([value]))
    return this
  }

  /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
  variable(value: number): this {
    const bytes: number[] = []
    let left = value
    while (left > 0x7f) {
      bytes.push((left % 0x80) | 0x80)
      left = Math.floor(left / 0x80)
    }
    bytes.push(left)
    this.#parts.push(Buffer.from(bytes))
    return this
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes))
    return this
  }

  array(bytes: Uint8Array): this {
    return this.variable(bytes.length).raw(bytes)
  }

  text(value: string): this {
    return this.array(Buffer.from(value, 'utf8'))
  }

  done(): Buffer {
    return Buffer.concat(this.#parts)
  }
}
