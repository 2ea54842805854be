import { type ChildProcess, spawn } from 'node:child_process'
import { serviceAccount } from '../postgres-pair.ts'
import { pause } from '../run-clock.ts'

const pollMs = 100
const logCharactersMax = 200_000
/** How long a process may take to end before it is killed. */
const endTimeoutMs = 10_000

/** One program of the stack, run as the account of PostgreSQL, that can be killed and started again. */
export class StackProcess implements AsyncDisposable {
  readonly name: string
  readonly #command: readonly [string, ...string[]]
  readonly #folder: string
  readonly #asRoot: boolean
  #child: ChildProcess | null = null
  #log = ''

  constructor(
    name: string,
    command: readonly [string, ...string[]],
    folder: string,
    asRoot = false,
  ) {
    this.name = name
    this.#command = command
    this.#folder = folder
    this.#asRoot = asRoot
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get log(): string {
    return this.#log
  }

  start(): void {
    const [program, ...args] = this.#command
    const child = spawn(program, args, {
      ...(this.#asRoot ? {} : serviceAccount()),
      cwd: this.#folder,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-logCharactersMax)
      })
    }
    child.on('error', (error) => {
      this.#log += `${error.message}\n`
    })
    this.#child = child
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** @param signal SIGKILL for a crash; another one is followed by SIGKILL when it does not help */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs)
    await ended
    clearTimeout(timer)
    this.#child = null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM')
  }
}

/** @throws when `holds` was not true in time; what it throws counts as "not yet" */
export async function untilHolds(
  what: string,
  withinMs: number,
  holds: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (performance.now() < deadline) {
    const held = await Promise.resolve()
      .then(holds)
      .catch(() => false)
    if (held) return
    await pause(pollMs)
  }
  throw new Error(`not within ${withinMs} ms: ${what}`)
}
