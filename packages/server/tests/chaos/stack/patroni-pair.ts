import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../harness/free-port.ts'
import { postgresPrograms } from '../postgres-pair.ts'
import { StackProcess, untilHolds } from './stack-process.ts'

/** Patroni's own bounds: a leader that is gone is replaced after `ttl`. It takes no shorter one. */
const ttlSeconds = 20
const loopWaitSeconds = 2
const retryTimeoutSeconds = 5
const formedWithinMs = 90_000

/** One PostgreSQL with the Patroni that runs it. */
interface Member {
  readonly name: string
  readonly patroni: StackProcess
  readonly restPort: number
  readonly port: number
  readonly dataFolder: string
}

/** Two PostgreSQL under Patroni, one the synchronous standby of the other, with etcd as their witness. */
export class PatroniPair implements AsyncDisposable {
  readonly members: readonly Member[]
  readonly #etcd: StackProcess

  private constructor(etcd: StackProcess, members: readonly Member[]) {
    this.#etcd = etcd
    this.members = members
  }

  /** @param folder that the account of PostgreSQL may write @throws with their logs when they do not form */
  static async start(folder: string): Promise<PatroniPair> {
    const [clientPort, peerPort] = [await freePort(), await freePort()]
    const client = `http://127.0.0.1:${clientPort}`
    const peer = `http://127.0.0.1:${peerPort}`
    const etcd = new StackProcess(
      'etcd',
      [
        'etcd',
        ...['--data-dir', join(folder, 'etcd'), '--name', 'witness', '--log-level', 'error'],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
        ...['--initial-cluster', `witness=${peer}`],
      ],
      folder,
    )
    etcd.start()
    const members: Member[] = []
    for (const name of ['pg1', 'pg2']) members.push(await member(folder, name, clientPort))
    const pair = new PatroniPair(etcd, members)
    try {
      for (const { patroni } of members) patroni.start()
      await pair.untilWhole(formedWithinMs)
      return pair
    } catch (error) {
      const logs = members.map(({ patroni }) => patroni.log.slice(-2_000)).join('\n')
      await pair[Symbol.asyncDispose]()
      throw new Error(`${(error as Error).message}\n${etcd.log.slice(-1_000)}\n${logs}`)
    }
  }

  async primary(): Promise<Member> {
    for (const one of this.members) if (await says(one, 'primary')) return one
    throw new Error('there is no primary')
  }

  async standby(): Promise<Member> {
    const { name } = await this.primary()
    return this.members.find((one) => one.name !== name) as Member
  }

  /** A primary, and a standby that commits wait for. */
  async untilWhole(withinMs: number): Promise<void> {
    await untilHolds('a primary has a synchronous standby', withinMs, async () => {
      const standby = await this.standby()
      return await says(standby, 'synchronous')
    })
  }

  /** The standby takes over in order. */
  async switchOver(): Promise<void> {
    const [leader, candidate] = [await this.primary(), await this.standby()]
    const answer = await fetch(`http://127.0.0.1:${leader.restPort}/switchover`, {
      method: 'POST',
      body: JSON.stringify({ leader: leader.name, candidate: candidate.name }),
    })
    if (!answer.ok) throw new Error(`switch-over refused: ${await answer.text()}`)
  }

  /** As if the machine were gone: PostgreSQL and its Patroni at once. @returns what starts Patroni there again */
  async killPrimary(): Promise<() => void> {
    const { patroni, dataFolder } = await this.primary()
    const postmaster = postmasterOf(dataFolder)
    await patroni.end('SIGKILL')
    process.kill(postmaster, 'SIGKILL')
    return () => patroni.start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map(async ({ patroni }) => await patroni.end('SIGTERM')))
    for (const { dataFolder } of this.members) {
      try {
        process.kill(postmasterOf(dataFolder), 'SIGQUIT')
      } catch {
        // Patroni took it along.
      }
    }
    await this.#etcd[Symbol.asyncDispose]()
  }
}

/** @returns the process of PostgreSQL that has that folder */
export function postmasterOf(dataFolder: string): number {
  return Number(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0])
}

async function says({ restPort }: Member, role: string): Promise<boolean> {
  const url = `http://127.0.0.1:${restPort}/${role}`
  const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => null)
  await answer?.arrayBuffer()
  return answer?.status === 200
}

async function member(folder: string, name: string, etcdPort: number): Promise<Member> {
  const [restPort, port] = [await freePort(), await freePort()]
  const dataFolder = join(folder, name)
  const file = join(folder, `${name}.yml`)
  const access = ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust']
  const settings = {
    scope: 'holdfast',
    name,
    restapi: { listen: `127.0.0.1:${restPort}`, connect_address: `127.0.0.1:${restPort}` },
    etcd3: { host: `127.0.0.1:${etcdPort}` },
    bootstrap: {
      dcs: {
        ttl: ttlSeconds,
        loop_wait: loopWaitSeconds,
        retry_timeout: retryTimeoutSeconds,
        synchronous_mode: true,
        postgresql: {
          use_pg_rewind: true,
          parameters: { max_connections: 150, wal_keep_size: '512MB', shared_buffers: '64MB' },
        },
      },
      initdb: [{ encoding: 'UTF8' }, { 'auth-host': 'trust' }, 'no-sync'],
      pg_hba: access,
    },
    postgresql: {
      listen: `127.0.0.1:${port}`,
      connect_address: `127.0.0.1:${port}`,
      data_dir: dataFolder,
      bin_dir: postgresPrograms(),
      pgpass: join(folder, `${name}.pgpass`),
      authentication: {
        superuser: { username: 'postgres', password: 'postgres' },
        replication: { username: 'replicator', password: 'replicator' },
      },
      parameters: { unix_socket_directories: folder, wal_log_hints: 'on' },
      pg_hba: access,
    },
  }
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(settings))
  const patroni = new StackProcess(name, ['patroni', file], folder)
  return { name, patroni, restPort, port, dataFolder }
}
