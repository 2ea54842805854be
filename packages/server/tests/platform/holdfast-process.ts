import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The compiled server. */
const serverMain = resolve(import.meta.dirname, '../../dist/main.js')

/** A first start makes a database; a busy machine may take its time. */
const startTimeoutMs = 90_000

/** What a finished command left. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The `holdfast` command in a process of its own. */
export class HoldfastProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly finished: Promise<Finished>
  stdout = ''
  stderr = ''

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('KC_'))
    this.#child = spawn(process.execPath, [serverMain, ...args], {
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.finished = new Promise((resolve) => {
      this.#child.once('close', (code) =>
        resolve({ code, stdout: this.stdout, stderr: this.stderr }),
      )
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** @throws when the text does not appear on the standard output in time */
  async untilPrinted(text: string, timeoutMs = startTimeoutMs): Promise<void> {
    await until(
      () => this.stdout.includes(text),
      timeoutMs,
      () => `${this.stdout}\n${this.stderr}`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.kill('SIGTERM')
    await this.finished
  }
}

/** Runs a command to its end. */
export async function holdfast(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  await using command = new HoldfastProcess(args, { KC_HOME_DIR: emptyHome(), ...environment })
  return await command.finished
}

/** A home directory that PostgreSQL's own user can reach too. */
export function emptyHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-platform-'))
  chmodSync(home, 0o755)
  return home
}

/** Waits until a condition holds. @throws with what `describe` tells */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  describe: () => string = () => 'it did not happen in time',
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(describe())
    await new Promise((resume) => setTimeout(resume, 20))
  }
}
