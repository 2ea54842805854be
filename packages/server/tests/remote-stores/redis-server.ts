import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from '../harness/eventually.ts'
import { freePort } from '../harness/free-port.ts'

const execute = promisify(execFile)
const startWithinMs = 10_000

/** Why tests with a real Redis cannot run here; undefined where they can. */
export const redisUnavailable = missing(['redis-server', 'redis-cli'])

function missing(commands: readonly string[]): string | undefined {
  const absent = commands.filter((command) => {
    try {
      execFileSync('which', [command], { stdio: 'ignore' })
      return false
    } catch {
      return true
    }
  })
  if (absent.length === 0) return undefined
  return `${absent.join(' and ')} is not installed (apt-get install redis-server redis-sentinel)`
}

/** What a server proves itself with; it speaks nothing but TLS then, with replicas and cluster nodes too. */
interface RedisCertificate {
  readonly file: string
  readonly keyFile: string
  /** Of who has issued it. */
  readonly authorityFile: string
}

interface RedisShape {
  readonly sentinel?: boolean
  /** For `redis-cli`. */
  readonly login?: readonly string[]
  readonly port?: number
  readonly tls?: RedisCertificate
}

/** A redis-server of its own on the loopback interface, which keeps nothing on disk. */
export class RedisServer implements AsyncDisposable {
  readonly port: number
  readonly #directory = mkdtempSync(join(tmpdir(), 'holdfast-redis-'))
  readonly #lines: readonly string[]
  readonly #shape: RedisShape
  #child: ChildProcess | undefined

  private constructor(port: number, lines: readonly string[], shape: RedisShape) {
    this.port = port
    this.#lines = lines
    this.#shape = shape
  }

  /** @param lines of its configuration file */
  static async start(lines: readonly string[] = [], shape: RedisShape = {}): Promise<RedisServer> {
    const server = new RedisServer(shape.port ?? (await freePort()), lines, shape)
    await server.begin()
    return server
  }

  /** Starts it, also again on the same port. */
  async begin(): Promise<void> {
    const file = join(this.#directory, 'redis.conf')
    const { sentinel = false } = this.#shape
    const own = [...this.#listener(), 'bind 127.0.0.1', `dir ${this.#directory}`]
    const quiet = sentinel ? [] : ['save ""', 'appendonly no']
    writeFileSync(file, [...own, ...quiet, ...this.#lines, ''].join('\n'))
    const mode = sentinel ? ['--sentinel'] : []
    this.#child = spawn('redis-server', [file, ...mode], { stdio: 'ignore' })
    this.#child.unref()
    await eventually('redis answers', startWithinMs, async () =>
      /PONG|NOAUTH|WRONGPASS/.test(await this.cli('PING')),
    )
  }

  /** @returns what redis-cli prints */
  async cli(...command: string[]): Promise<string> {
    const { login = [], tls } = this.#shape
    const encrypted = tls === undefined ? [] : ['--tls', '--cacert', tls.authorityFile]
    const words = ['-p', String(this.port), ...encrypted, ...login, '--no-auth-warning', ...command]
    const { stdout } = await execute('redis-cli', words, { timeout: 5_000 })
    return stdout.trim()
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name)
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #listener(): string[] {
    const { tls } = this.#shape
    if (tls === undefined) return [`port ${this.port}`]
    return [
      'port 0',
      `tls-port ${this.port}`,
      `tls-cert-file ${tls.file}`,
      `tls-key-file ${tls.keyFile}`,
      `tls-ca-cert-file ${tls.authorityFile}`,
      'tls-auth-clients no',
      'tls-replication yes',
      'tls-cluster yes',
    ]
  }
}
