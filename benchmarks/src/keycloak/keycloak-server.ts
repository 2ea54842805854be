import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findJava } from '@holdfast/server/harness/find-java'
import { freePort } from '@holdfast/server/harness/free-port'
import { keycloakVersion, unpackKeycloak } from '@holdfast/server/harness/keycloak-archive'
import { bootstrapAdmin } from '@holdfast/server/harness/server-process'
import { createDatabase } from '@holdfast/server/harness/test-database'
import { anyCorePrefix, serverPrefix } from '../server/pinning.ts'

const readyTimeoutMs = 300_000
const probePauseMs = 500
const stopTimeoutMs = 20_000
const execute = promisify(execFile)

/** A real Keycloak with a database and a realm of its own. */
export interface KeycloakServer extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  readonly databaseUrl: string
  /** Milliseconds of a start of a built server on a database that is ready. */
  readonly startMs: number
}

/**
 * Takes Keycloak from Maven Central, builds it for PostgreSQL and starts it as for production over plain HTTP.
 * @param postgresUrl a TCP address
 * @throws when there is no Maven or no Java of version 21 or later
 */
export async function startKeycloak(
  postgresUrl: string,
  realm: unknown,
  progress: (text: string) => void,
): Promise<KeycloakServer> {
  const home = mkdtempSync(join(tmpdir(), 'keycloak-bench-'))
  const java = await findJava()
  progress(`Keycloak ${keycloakVersion}: unpacking`)
  const directory = await unpackKeycloak(home)
  mkdirSync(join(directory, 'data', 'import'), { recursive: true })
  writeFileSync(join(directory, 'data', 'import', 'demo-realm.json'), JSON.stringify(realm))
  const database = await createDatabase(postgresUrl)
  const port = await freePort()
  const environment = environmentFor(database.url, port, await freePort(), java)
  const script = join(directory, 'bin', 'kc.sh')
  progress('Keycloak: build')
  const [command = '', ...words] = [...anyCorePrefix(), 'sh', script, 'build']
  await execute(command, words, { env: environment })
  progress('Keycloak: first start with import')
  const importing = ['--import-realm']
  await stop(await run(anyCorePrefix(), script, importing, environment))
  progress('Keycloak: start')
  const begin = performance.now()
  const child = await run(serverPrefix(), script, [], environment)
  return {
    port,
    pid: child.pid ?? 0,
    databaseUrl: database.url,
    startMs: performance.now() - begin,
    async [Symbol.asyncDispose]() {
      await stop(child)
      await database[Symbol.asyncDispose]()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function environmentFor(
  databaseUrl: string,
  port: number,
  managementPort: number,
  java: string,
): NodeJS.ProcessEnv {
  const database = new URL(databaseUrl)
  return {
    ...process.env,
    JAVA_HOME: java,
    KC_DB: 'postgres',
    KC_DB_URL: `jdbc:postgresql://${database.hostname}:${database.port}${database.pathname}`,
    KC_DB_USERNAME: decodeURIComponent(database.username),
    KC_DB_PASSWORD: decodeURIComponent(database.password),
    KC_HTTP_ENABLED: 'true',
    KC_HTTP_HOST: '127.0.0.1',
    KC_HTTP_PORT: String(port),
    KC_HTTP_MANAGEMENT_PORT: String(managementPort),
    KC_HEALTH_ENABLED: 'true',
    KC_HOSTNAME_STRICT: 'false',
    KC_CACHE: 'local',
    KC_BOOTSTRAP_ADMIN_USERNAME: bootstrapAdmin.username,
    KC_BOOTSTRAP_ADMIN_PASSWORD: bootstrapAdmin.password,
  }
}

/** Starts it and waits until it is ready. The script replaces itself by Java, so that the process is the server's. */
async function run(
  prefix: readonly string[],
  script: string,
  options: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const [command = '', ...words] = [...prefix, 'sh', script, 'start', '--optimized']
  const child = spawn(command, [...words, ...options], { env: environment, stdio: 'ignore' })
  const deadline = performance.now() + readyTimeoutMs
  const health = `http://127.0.0.1:${environment['KC_HTTP_MANAGEMENT_PORT']}/health/ready`
  while (performance.now() < deadline && child.exitCode === null) {
    const ready = await fetch(health).then(
      async (answer) => {
        await answer.arrayBuffer()
        return answer.ok
      },
      () => false,
    )
    if (ready) return child
    await new Promise((resume) => setTimeout(resume, probePauseMs))
  }
  child.kill('SIGKILL')
  throw new Error('Keycloak did not become ready')
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.on('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await ended
  clearTimeout(timer)
}
