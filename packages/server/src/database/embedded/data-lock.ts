import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { StartError } from '../../shared/start-error.ts'

const attemptsMax = 5

/** Who holds the data: a process id alone may be reused, so the time when that process started belongs to it. */
interface Holder {
  readonly pid: number
  readonly startedAt: string
}

/**
 * Keeps a second server off the same data. The file names its holder; a holder that is gone (`kill -9`) left a stale
 * file, which the next one takes over.
 */
export class DataLock implements Disposable {
  readonly #file: string
  readonly #content: string

  private constructor(file: string, content: string) {
    this.#file = file
    this.#content = content
  }

  /** @throws StartError when a living process holds it */
  static take(file: string): DataLock {
    const self: Holder = { pid: process.pid, startedAt: startTime(process.pid) ?? '' }
    const content = `${JSON.stringify(self)}\n`
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      try {
        writeFileSync(file, content, { flag: 'wx' })
        return new DataLock(file, content)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      removeStale(file)
    }
    throw new StartError(`The lock file ${file} cannot be taken`)
  }

  /** @returns whether a living process holds it */
  static isHeld(file: string): boolean {
    const holder = holderIn(contentOf(file))
    return holder !== undefined && isAlive(holder)
  }

  [Symbol.dispose](): void {
    if (contentOf(this.#file) === this.#content) rmSync(this.#file, { force: true })
  }
}

/** Moves the file away before it is judged, so that of two starters only one judges and none removes the other's new file. */
function removeStale(file: string): void {
  const holder = holderIn(contentOf(file))
  if (holder !== undefined && isAlive(holder)) {
    throw new StartError(
      `Another server (process ${holder.pid}) is using the data in ${file.replace(/\/[^/]*$/, '')}: stop it, or use another directory with --data-dir`,
    )
  }
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
  } catch {
    return // Another starter was faster.
  }
  const moved = holderIn(contentOf(aside))
  if (moved !== undefined && isAlive(moved)) renameSync(aside, file)
  else rmSync(aside, { force: true })
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function holderIn(content: string | undefined): Holder | undefined {
  try {
    return content === undefined ? undefined : (JSON.parse(content) as Holder)
  } catch {
    return undefined
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const started = startTime(pid)
  return started === undefined || startedAt === '' || started === startedAt
}

/** @returns when a process started, in the kernel's ticks since boot; undefined where there is no /proc */
function startTime(pid: number): string | undefined {
  const stat = contentOf(`/proc/${pid}/stat`)
  // The name in parentheses may hold spaces; field 22 of the whole line is field 20 behind it (proc(5)).
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}
