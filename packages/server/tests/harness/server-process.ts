import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { BlackholedMesh, wantsBlackhole } from './blackholed-mesh.ts'
import { freePort } from './free-port.ts'
import { remoteSessionOptions, wantsRemoteSessions } from './remote-sessions.ts'

/** How long a server may take to say that it is ready. */
const readyTimeoutMs = 60_000
/** How long a server may take to stop after SIGTERM before it is killed. */
const stopTimeoutMs = 15_000
/** Pause between two readiness probes. */
const probePauseMs = 50
/** Log lines kept for the message of a failed test. */
const logCharactersMax = 2_000_000

/** The compiled server. */
const serverMain = resolve(import.meta.dirname, '../../dist/main.js')

/** How a test wants its server. */
export interface ServerOptions {
  /** Left out: the server starts the one that comes with it, in its home. */
  readonly databaseUrl?: string
  /** `start-dev` unless said otherwise. */
  readonly command?: string
  /** Further command-line options. */
  readonly options?: readonly string[]
  /** Further environment; none of the test run's own `KC_…` variables reach the server. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Realm representations that `--import-realm` brings in. */
  readonly realms?: readonly unknown[]
  /** Files of the home directory, by their path in it. */
  readonly files?: Readonly<Record<string, string>>
  /** Free ports unless said otherwise. */
  readonly port?: number
  readonly managementPort?: number
  /** Command and arguments put before `node`, such as `taskset -c 0`. */
  readonly prefix?: readonly string[]
  /** The compiled server of another build. */
  readonly program?: string
  /** Arguments of `node` itself. */
  readonly nodeOptions?: readonly string[]
  /** False returns as soon as the process runs. */
  readonly waitUntilReady?: boolean
}

/** Name and password of the first administrator of every test server. */
export const bootstrapAdmin = { username: 'admin', password: 'admin-Passw0rd' }

/** A server in a process of its own, stopped by `await using`. */
export class ServerProcess implements AsyncDisposable {
  /** Origin of the main listener, without a trailing slash. */
  readonly url: string
  readonly managementUrl: string
  readonly home: string
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>
  readonly #companions: AsyncDisposable[] = []
  #log = ''

  constructor(child: ChildProcess, ports: { main: number; management: number }, home: string) {
    this.url = `http://127.0.0.1:${ports.main}`
    this.managementUrl = `http://127.0.0.1:${ports.management}`
    this.home = home
    this.#child = child
    this.#exited = new Promise((resolve) => {
      child.on('exit', (code) => resolve(code))
      child.on('error', () => resolve(null))
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        if (this.#log.length < logCharactersMax) this.#log += text
      })
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }
  /** Everything that the server wrote so far. */
  get log(): string {
    return this.#log
  }
  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }
  /** Resolves with the exit code, null after a signal. */
  get exited(): Promise<number | null> {
    return this.#exited
  }

  realmUrl(realm: string): string {
    return `${this.url}/realms/${realm}`
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** SIGTERM, then SIGKILL when that does not help. @returns the exit code, null when it had to be killed */
  async stop(): Promise<number | null> {
    for (const companion of this.#companions.splice(0)) await companion[Symbol.asyncDispose]()
    if (this.running) this.kill('SIGTERM')
    const timer = setTimeout(() => this.kill('SIGKILL'), stopTimeoutMs)
    const code = await this.#exited
    clearTimeout(timer)
    rmSync(this.home, { recursive: true, force: true })
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Ends with this server, before it. */
  accompany(companion: AsyncDisposable): void {
    this.#companions.push(companion)
  }

  /** @throws with the server's log when it ends or does not become ready in time */
  async untilReady(): Promise<void> {
    const deadline = Date.now() + readyTimeoutMs
    while (Date.now() < deadline) {
      if (!this.running) throw new Error(`the server ended before it was ready\n${this.#log}`)
      if (await answersOk(`${this.managementUrl}/health/ready`)) return
      await new Promise((resume) => setTimeout(resume, probePauseMs))
    }
    await this.stop()
    throw new Error(`the server was not ready within ${readyTimeoutMs} ms\n${this.#log}`)
  }
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    await answer.arrayBuffer()
    return answer.status === 200
  } catch {
    return false
  }
}

/** Starts a server on free ports of the loopback interface and waits until it is ready. */
export async function startServer(given: ServerOptions): Promise<ServerProcess> {
  const options = await withRemoteSessions(given)
  if (!wantsBlackhole(options.command ?? 'start-dev', options.options ?? [])) {
    return await startAlone(options)
  }
  const mesh = await BlackholedMesh.open()
  const withMesh = async (each: ServerOptions) =>
    await startAlone({ ...each, options: [...(each.options ?? []), ...(await mesh.options())] })
  const server = await withMesh(options)
  server.accompany(mesh)
  // One that is meant to fail, or to be watched while it starts, has nobody to keep company with.
  if (options.waitUntilReady === false) return server
  const { realms: _imported, port: _main, managementPort: _management, ...alike } = options
  server.accompany(await withMesh(alike))
  return server
}

async function withRemoteSessions(given: ServerOptions): Promise<ServerOptions> {
  const { command = 'start-dev', options = [], databaseUrl } = given
  if (databaseUrl === undefined || !wantsRemoteSessions(command, options)) return given
  return { ...given, options: [...options, ...(await remoteSessionOptions(databaseUrl))] }
}

async function startAlone(options: ServerOptions): Promise<ServerProcess> {
  const ports = {
    main: options.port ?? (await freePort()),
    management: options.managementPort ?? (await freePort()),
  }
  const home = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
  writeRealms(home, options.realms ?? [])
  writeFiles(home, options.files ?? {})
  const [command = '', ...words] = [
    ...(options.prefix ?? []),
    process.execPath,
    ...(options.nodeOptions ?? []),
    options.program ?? serverMain,
    options.command ?? 'start-dev',
    ...(options.databaseUrl === undefined ? [] : [`--db-url=${options.databaseUrl}`]),
    `--http-port=${ports.main}`,
    `--http-management-port=${ports.management}`,
    ...(options.realms === undefined ? [] : ['--import-realm']),
    ...(options.options ?? []),
  ]
  const child = spawn(command, words, {
    cwd: home,
    env: environmentOf(home, options.environment ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const server = new ServerProcess(child, ports, home)
  if (options.waitUntilReady !== false) await server.untilReady()
  return server
}

function writeRealms(home: string, realms: readonly unknown[]): void {
  const directory = join(home, 'data', 'import')
  mkdirSync(directory, { recursive: true })
  realms.forEach((realm, index) => {
    writeFileSync(join(directory, `realm-${index}-realm.json`), JSON.stringify(realm))
  })
}

function writeFiles(home: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), content)
  }
}

function environmentOf(
  home: string,
  extra: Readonly<Record<string, string | undefined>>,
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('KC_'))
  return {
    ...Object.fromEntries(inherited),
    KC_HOME_DIR: home,
    KC_BOOTSTRAP_ADMIN_USERNAME: bootstrapAdmin.username,
    KC_BOOTSTRAP_ADMIN_PASSWORD: bootstrapAdmin.password,
    ...extra,
  }
}
