import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findJava } from '../harness/find-java.ts'
import { freePort } from '../harness/free-port.ts'
import { keycloakVersion, unpackKeycloak } from '../harness/keycloak-archive.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import type { Target } from './scenario-player.ts'

const readyTimeoutMs = 300_000
const probePauseMs = 500
const stopTimeoutMs = 20_000
/** Keycloak counts failed logins after it has answered. */
export const keycloakSettleMs = 400

/** What recordings were made with: everything that Holdfast has or is to have. */
const features = [
  'admin-fine-grained-authz:v2',
  'organization',
  'client-policies',
  'device-flow',
  'ciba',
  'dpop',
  'token-exchange',
]

/** A real Keycloak on a database of its own, stopped by `await using`. */
export interface KeycloakProcess extends Target, AsyncDisposable {}

/** Takes Keycloak from Maven Central and starts it for development. @throws without Java 21 or Maven */
export async function startKeycloakProcess(): Promise<KeycloakProcess> {
  const home = mkdtempSync(join(tmpdir(), 'keycloak-comparison-'))
  const java = await findJava()
  const directory = await unpackKeycloak(home)
  const [port, management] = [await freePort(), await freePort()]
  const options = [
    'start-dev',
    `--http-port=${port}`,
    `--http-management-port=${management}`,
    '--health-enabled=true',
    `--features=${features.join(',')}`,
  ]
  const child = spawn('sh', [join(directory, 'bin', 'kc.sh'), ...options], {
    env: {
      ...process.env,
      JAVA_HOME: java,
      KC_BOOTSTRAP_ADMIN_USERNAME: bootstrapAdmin.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: bootstrapAdmin.password,
    },
    stdio: 'ignore',
  })
  const dispose = async (): Promise<void> => {
    await stop(child)
    rmSync(home, { recursive: true, force: true })
  }
  if (!(await isReady(child, `http://127.0.0.1:${management}/health/ready`))) {
    await dispose()
    throw new Error(`Keycloak ${keycloakVersion} did not become ready`)
  }
  return {
    origin: `http://localhost:${port}`,
    administrator: bootstrapAdmin,
    settleMs: keycloakSettleMs,
    [Symbol.asyncDispose]: dispose,
  }
}

async function isReady(child: ChildProcess, health: string): Promise<boolean> {
  const deadline = performance.now() + readyTimeoutMs
  while (performance.now() < deadline && child.exitCode === null) {
    const ready = await fetch(health).then(
      async (answer) => {
        await answer.arrayBuffer()
        return answer.ok
      },
      () => false,
    )
    if (ready) return true
    await new Promise((resume) => setTimeout(resume, probePauseMs))
  }
  return false
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.on('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await ended
  clearTimeout(timer)
}
