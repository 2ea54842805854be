import { readFileSync } from 'node:fs'
import { remoteStoreSettings } from '@holdfast/server/config/remote-store-choice'
import { loadConfiguration } from '@holdfast/server/config/sources'
import { openRemoteStore } from '@holdfast/server/remote-stores/open-remote-store'
import type { RemoteStore } from '@holdfast/server/remote-stores/remote-store'
import { systemClock } from '@holdfast/server/shared/clock'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../cluster/cluster-node.ts'
import { CertificateAuthority } from '../harness/certificate-authority.ts'
import { freePort } from '../harness/free-port.ts'
import { RedisServer, redisUnavailable } from './redis-server.ts'
import { itKeepsTheContract } from './store-contract.ts'

/** Longest that the death of a master may be felt. */
const failoverMs = 20_000

async function open(port: number, more: object = {}): Promise<RemoteStore> {
  return await openRemoteStore({
    settings: {
      type: 'valkey',
      addresses: [{ host: '127.0.0.1', port }],
      username: undefined,
      password: undefined,
      tls: undefined,
      singleUse: false,
      sessions: false,
      backupSites: [],
      sentinelMaster: undefined,
      ...more,
    },
    clock: systemClock,
    logger: pino({ level: 'silent' }),
  })
}

const authority = new CertificateAuthority()
const tls = {
  ...authority.issue('/CN=store', ['subjectAltName = IP:127.0.0.1']),
  authorityFile: authority.file,
}
const trusted = { ca: [readFileSync(authority.file, 'utf8')] }
afterAll(() => authority[Symbol.asyncDispose]())

/** Writes and reads until that works again. */
async function works(store: RemoteStore): Promise<boolean> {
  const key = `probe-${Math.random()}`
  const cache = store.cache('loginFailures')
  return (
    (await cache.putIfAbsent(key, 'there', Date.now() + 60_000)) && (await cache.get(key)) !== null
  )
}

if (redisUnavailable !== undefined) test.skip(`Redis: ${redisUnavailable}`, () => undefined)

describe.skipIf(redisUnavailable !== undefined)('one server', () => {
  let server: RedisServer
  let store: RemoteStore

  beforeAll(async () => {
    server = await RedisServer.start()
    store = await open(server.port)
  })
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  itKeepsTheContract(() => store)

  test('frozen, it lets nobody wait for more than a second, and is back by itself', async () => {
    server.signal('SIGSTOP')
    const start = performance.now()
    const failed = await Promise.allSettled(Array.from({ length: 5 }, () => works(store)))
    expect(performance.now() - start).toBeLessThan(1_500)
    expect(failed.map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
    const next = performance.now()
    await expect(works(store)).rejects.toMatchObject({ name: 'RemoteStoreUnavailable' })
    expect(performance.now() - next).toBeLessThan(1_500)
    server.signal('SIGCONT')
    await eventually('it answers again', failoverMs, () => works(store))
  })

  test('killed and started again, it is back by itself', async () => {
    await server.kill()
    await expect(works(store)).rejects.toMatchObject({ name: 'RemoteStoreUnavailable' })
    expect(store.reachable).toBe(false)
    await server.begin()
    await eventually('it answers again', failoverMs, () => works(store))
    expect(store.counts.reconnects).toBeGreaterThan(0)
  })
})

describe.skipIf(redisUnavailable !== undefined)('a master that Sentinels watch, over TLS', () => {
  const servers: RedisServer[] = []
  let store: RemoteStore

  beforeAll(async () => {
    const password = 'of-the-servers'
    const shape = { login: ['-a', password], tls }
    const lines = [`requirepass ${password}`, `masterauth ${password}`]
    const master = await RedisServer.start(lines, shape)
    const replica = await RedisServer.start(
      [...lines, `replicaof 127.0.0.1 ${master.port}`, 'repl-diskless-sync-delay 0'],
      shape,
    )
    const sentinel = await RedisServer.start(
      [
        `sentinel monitor ours 127.0.0.1 ${master.port} 1`,
        `sentinel auth-pass ours ${password}`,
        // Somebody else's, whom nobody reaches.
        'sentinel monitor theirs 127.0.0.1 1 1',
        'sentinel down-after-milliseconds ours 1000',
        'sentinel failover-timeout ours 3000',
      ],
      { sentinel: true, tls },
    )
    servers.push(master, replica, sentinel)
    await eventually('the replica is known', failoverMs, async () =>
      /slaves\W+1/.test((await sentinel.cli('INFO', 'sentinel')).replaceAll('=', ' ')),
    )
    const { values } = loadConfiguration(
      [
        ...[
          'start',
          `--cache-remote-host=127.0.0.1:${sentinel.port}`,
          '--cache-remote-type=valkey',
        ],
        ...[`--cache-remote-password=${password}`, '--cache-remote-sentinel-master=ours'],
      ],
      { KC_HOME_DIR: '/nowhere' },
    )
    store = await open(sentinel.port, { ...remoteStoreSettings(values, new Set(), trusted) })
  })
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]()
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
  })

  itKeepsTheContract(() => store)

  test('is followed to the replica that takes its place', { timeout: 40_000 }, async () => {
    await servers[0]?.kill()
    await eventually('the replica serves', failoverMs, () => works(store))
    expect(await servers[1]?.cli('ROLE')).toMatch(/^master/)
  })
})

describe.skipIf(redisUnavailable !== undefined)('a cluster, over TLS', () => {
  const servers: RedisServer[] = []
  let store: RemoteStore

  beforeAll(async () => {
    for (let node = 0; node < 3; node += 1) {
      // Its bus listens 10,000 above.
      let port = await freePort()
      while (port > 55_000) port = await freePort()
      const lines = ['cluster-enabled yes', 'cluster-node-timeout 2000']
      servers.push(await RedisServer.start(lines, { port, tls }))
    }
    const [first] = servers
    if (first === undefined) return
    const nodes = servers.map(({ port }) => `127.0.0.1:${port}`)
    await first.cli('--cluster', 'create', ...nodes, '--cluster-yes')
    for (const server of servers) {
      await eventually('the cluster is whole', failoverMs, async () =>
        (await server.cli('CLUSTER', 'INFO')).includes('cluster_state:ok'),
      )
    }
    store = await open(first.port, { tls: trusted })
  })
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]()
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
  })

  itKeepsTheContract(() => store)

  test('keeps each key on the node that is meant', async () => {
    const puts = Array.from({ length: 60 }, () => works(store))
    expect(await Promise.all(puts)).toEqual(Array(60).fill(true))
    const sizes = await Promise.all(servers.map((server) => server.cli('DBSIZE')))
    for (const size of sizes) expect(Number(size)).toBeGreaterThan(5)
  })
})
