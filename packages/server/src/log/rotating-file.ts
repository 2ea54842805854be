import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { datePattern } from './date-pattern.ts'
import type { LineSink } from './line-sink.ts'
import type { RotationSettings } from './log-settings.ts'

const compressed = '.gz'
/** Log files are for who runs the server and their group. */
const fileMode = 0o640

export interface RotatingFileDeps {
  /** Absolute. */
  readonly file: string
  readonly rotation: RotationSettings | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * A log file, as Keycloak's file handler keeps it: when it has grown beyond its bound it becomes `name.1`, what was `name.1`
 * becomes `name.2`, and so on until the oldest is deleted; with a date in the suffix the files of each date are counted
 * by themselves, and the turn of the date begins a new file too. Lines are written at once.
 */
export class RotatingFile implements LineSink, Disposable {
  readonly #deps: RotatingFileDeps
  readonly #dateOf: ((ms: number) => string) | undefined
  #handle: number
  #bytes = 0
  /** What the suffix says of the time at which the file was begun. */
  #date = ''

  /** @throws Error when the file cannot be opened */
  constructor(deps: RotatingFileDeps) {
    this.#deps = deps
    const suffix = deps.rotation?.suffix
    this.#dateOf = suffix === undefined ? undefined : datePattern(withoutCompression(suffix))
    mkdirSync(dirname(deps.file), { recursive: true })
    const before = statSync(deps.file, { throwIfNoEntry: false })
    this.#date = this.#dateOf?.(before?.mtimeMs ?? deps.now()) ?? ''
    if (deps.rotation?.onBoot === true && (before?.size ?? 0) > 0) this.#shift()
    this.#handle = this.#open()
  }

  write(text: string): void {
    this.#turnDate()
    const bytes = Buffer.from(text)
    try {
      writeSync(this.#handle, bytes)
    } catch (error) {
      // A full disk must not end the server; the console has the line too where it is a handler.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
    this.#bytes += bytes.length
    const { rotation } = this.#deps
    if (rotation !== undefined && this.#bytes > rotation.bytesMax) this.#rotate()
  }

  [Symbol.dispose](): void {
    closeSync(this.#handle)
  }

  #open(): number {
    const handle = openSync(this.#deps.file, 'a', fileMode)
    this.#bytes = fstatSync(handle).size
    this.#date = this.#dateOf?.(this.#deps.now()) ?? ''
    return handle
  }

  #rotate(): void {
    closeSync(this.#handle)
    this.#shift()
    this.#handle = this.#open()
  }

  #turnDate(): void {
    const date = this.#dateOf?.(this.#deps.now()) ?? ''
    if (date === this.#date) return
    if (this.#bytes > 0) this.#rotate()
    this.#date = date
  }

  /** Makes place for a new file. */
  #shift(): void {
    const { file, rotation } = this.#deps
    const backups = rotation?.backups ?? 0
    const end = rotation?.suffix?.endsWith(compressed) === true ? compressed : ''
    const name = (index: number) => `${file}${this.#date}.${index}${end}`
    if (backups < 1) {
      rmSync(file, { force: true })
      return
    }
    rmSync(name(backups), { force: true })
    for (let index = backups - 1; index >= 1; index -= 1) {
      if (existsSync(name(index))) renameSync(name(index), name(index + 1))
    }
    if (end === '') renameSync(file, name(1))
    else {
      writeFileSync(name(1), gzipSync(readFileSync(file)), { mode: fileMode })
      rmSync(file)
    }
  }
}

function withoutCompression(suffix: string): string {
  return suffix.endsWith(compressed) ? suffix.slice(0, -compressed.length) : suffix
}
