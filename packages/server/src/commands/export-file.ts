import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RealmRepresentation, UserRepresentation } from '../domains/transfer/representation.ts'

/** Exports hold password hashes and keys: nobody else on the machine reads them. */
const fileMode = 0o600

/**
 * A file of an export, written while its content is read, so that none of its users stay in memory. Calls go from `open` to
 * `close`, with an `array` around several realms, and each realm from `begin` over `users` to `end`.
 */
export class ExportFile implements AsyncDisposable {
  readonly #handle: FileHandle
  readonly #indent: string
  readonly #isArray: boolean
  #items = 0
  #users = 0

  private constructor(handle: FileHandle, isArray: boolean) {
    this.#handle = handle
    this.#isArray = isArray
    this.#indent = isArray ? '  ' : ''
  }

  /** @param isArray whether several realms are to come */
  static async open(file: string, isArray = false): Promise<ExportFile> {
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(file, 'w', fileMode)
    // A file that was there keeps its mode when it is opened. One that is not a file, such as /dev/null, is left as it is.
    if ((await handle.stat()).isFile()) await handle.chmod(fileMode)
    const created = new ExportFile(handle, isArray)
    if (isArray) await created.#write('[')
    return created
  }

  /** A realm, or the frame of a file of users, whose `users` come next. @param withUsers whether there are any */
  async begin(content: RealmRepresentation | { realm: string }, withUsers: boolean): Promise<void> {
    const text = JSON.stringify(content, null, 2).replaceAll('\n', `\n${this.#indent}`)
    const before = this.#isArray ? `${this.#items > 0 ? ',' : ''}\n${this.#indent}` : ''
    this.#items += 1
    this.#users = 0
    await this.#write(before + (withUsers ? text.replace(/\s*\}$/, '') : text))
    if (withUsers) await this.#write(`,\n${this.#indent}  "users": [`)
  }

  async users(page: readonly UserRepresentation[]): Promise<void> {
    const inner = `${this.#indent}    `
    const texts = page.map((user) => {
      const text = JSON.stringify(user, null, 2).replaceAll('\n', `\n${inner}`)
      this.#users += 1
      return `${this.#users > 1 ? ',' : ''}\n${inner}${text}`
    })
    await this.#write(texts.join(''))
  }

  /** Ends what `begin` began with users. */
  async end(): Promise<void> {
    const close = this.#users > 0 ? `\n${this.#indent}  ` : ''
    await this.#write(`${close}]\n${this.#indent}}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#write(this.#isArray ? `${this.#items > 0 ? '\n' : ''}]\n` : '\n')
    await this.#handle.close()
  }

  async #write(text: string): Promise<void> {
    await this.#handle.writeFile(text)
  }
}
