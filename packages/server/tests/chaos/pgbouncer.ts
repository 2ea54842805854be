import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../harness/free-port.ts'
import { serviceAccount } from './postgres-pair.ts'

/** PgBouncer in transaction mode in front of a PostgreSQL on the loopback interface. */
export class PgBouncer implements AsyncDisposable {
  readonly port: number
  readonly #folder: string
  #child: ChildProcess | null = null

  private constructor(port: number, folder: string) {
    this.port = port
    this.#folder = folder
  }

  static async start(databasePort: number): Promise<PgBouncer> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-pgbouncer-'))
    const account = serviceAccount()
    const bouncer = new PgBouncer(await freePort(), folder)
    const settings = [
      '[databases]',
      `* = host=127.0.0.1 port=${databasePort}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${bouncer.port}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      'max_client_conn = 500',
      'default_pool_size = 20',
      // Its default of 15 s is what clients would wait after a switch-over.
      'server_login_retry = 1',
      'ignore_startup_parameters = extra_float_digits,options,search_path',
    ]
    // `auth_type = any` still wants to know as whom it logs in.
    settings[1] += ' user=postgres'
    writeFileSync(join(folder, 'pgbouncer.ini'), `${settings.join('\n')}\n`)
    chownSync(folder, account.uid, account.gid)
    chmodSync(folder, 0o755)
    bouncer.restart()
    return bouncer
  }

  restart(): void {
    this.#child = spawn('pgbouncer', ['-q', join(this.#folder, 'pgbouncer.ini')], {
      ...serviceAccount(),
      stdio: 'ignore',
    })
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    this.#child = null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
