import { ModelError } from '../realms/model-error.ts'

/** What a scan comes across. */
export type ScannedPart =
  /** One user, as JSON. */
  | { readonly kind: 'user'; readonly realm: number; readonly text: string }
  /** A realm, or a file of users, as JSON, with `users` empty. It comes behind its users. */
  | { readonly kind: 'realm'; readonly realm: number; readonly text: string }

/** Longest text of one user, and of a realm without its users. */
const partBytesMax = 256 * 1024 * 1024

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const open = { object: 0x7b, list: 0x5b }
const close = { object: 0x7d, list: 0x5d }

const isBlank = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

/**
 * Takes the users out of realm files, whatever their size: only one user at a time is in memory. It reads a realm, an array of
 * realms, or a file of users, in pieces, and looks at nothing but the structure; whether the parts are JSON says who parses them.
 */
export class RealmScanner {
  /** Brackets that are open. */
  #depth = 0
  /** Depth of the members of a realm: 1, or 2 in an array of realms. */
  #members = 1
  #inString = false
  #escaped = false
  #realm = -1
  /** Text that is a member's name as long as no colon came. */
  #name: number[] = []
  #isUsers = false
  /** Whether what is read is inside `"users": […]`. */
  #inUsers = false
  #kept: Buffer[] = []
  #user: Buffer[] = []
  #bytes = 0

  /** @returns what is complete by now */
  scan(piece: Buffer): ScannedPart[] {
    const parts: ScannedPart[] = []
    // Where what is being kept begins in this piece; -1 while it is passed over.
    let from = this.#isKeeping() ? 0 : -1
    for (let index = 0; index < piece.length; index += 1) {
      const byte = piece[index] ?? 0
      if (this.#inString) {
        this.#character(byte)
        continue
      }
      const wasKeeping = from >= 0
      const done = this.#structure(byte)
      if (done !== undefined) {
        this.#take(piece.subarray(Math.max(from, 0), index + 1), done)
        parts.push(this.#part(done))
        from = this.#isKeeping() ? index + 1 : -1
      } else if (wasKeeping !== this.#isKeeping()) {
        if (wasKeeping) this.#take(piece.subarray(from, index + 1), 'realm')
        from = wasKeeping ? -1 : index
      }
    }
    if (from >= 0) this.#take(piece.subarray(from), this.#inUsers ? 'user' : 'realm')
    return parts
  }

  /** @throws ModelError when the file ended too early */
  end(): void {
    if (this.#depth !== 0 || this.#inString || this.#realm < 0) {
      throw new ModelError('invalid', 'the file ends too early')
    }
  }

  #isKeeping(): boolean {
    return this.#inUsers ? this.#depth > this.#members + 1 : this.#depth >= this.#members
  }

  #character(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === backslash) this.#escaped = true
    else if (byte === quote) {
      this.#inString = false
      if (this.#depth === this.#members) {
        this.#isUsers = Buffer.from(this.#name).toString('latin1') === 'users'
      }
      return
    }
    if (this.#depth === this.#members && this.#name.length <= 'users'.length) {
      this.#name.push(byte)
    }
  }

  /** @returns what ends with this byte */
  #structure(byte: number): ScannedPart['kind'] | undefined {
    if (byte === quote) {
      this.#inString = true
      this.#name = []
    } else if (byte === open.object || byte === open.list) this.#opened(byte)
    else if (byte === close.object || byte === close.list) return this.#closed()
    else if (byte === comma) this.#isUsers = false
    else if (!isBlank(byte) && this.#depth === 0) {
      throw new ModelError('invalid', 'it is neither an object nor an array')
    }
    return undefined
  }

  #opened(byte: number): void {
    this.#depth += 1
    if (this.#depth === 1 && byte === open.list) this.#members = 2
    if (this.#depth === this.#members) this.#realm += 1
    if (this.#depth === this.#members + 1 && this.#isUsers && byte === open.list) {
      this.#inUsers = true
      this.#isUsers = false
    }
  }

  #closed(): ScannedPart['kind'] | undefined {
    this.#depth -= 1
    if (this.#depth < 0) throw new ModelError('invalid', 'it closes more than it opens')
    if (this.#inUsers) {
      if (this.#depth === this.#members + 1) return 'user'
      if (this.#depth === this.#members) this.#inUsers = false
      return undefined
    }
    return this.#depth === this.#members - 1 ? 'realm' : undefined
  }

  #take(bytes: Buffer, kind: ScannedPart['kind']): void {
    if (bytes.length === 0) return
    this.#bytes += bytes.length
    if (this.#bytes > partBytesMax) throw new ModelError('invalid', 'a part of it is too long')
    const kept = Buffer.from(bytes)
    if (kind === 'user') this.#user.push(kept)
    else this.#kept.push(kept)
  }

  #part(kind: ScannedPart['kind']): ScannedPart {
    const text = Buffer.concat(kind === 'user' ? this.#user : this.#kept).toString('utf8')
    if (kind === 'user') this.#user = []
    else this.#kept = []
    this.#bytes = 0
    return { kind, realm: this.#realm, text }
  }
}
