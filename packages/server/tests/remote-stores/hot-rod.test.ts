import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openRemoteStore } from '@holdfast/server/remote-stores/open-remote-store'
import type { RemoteStore } from '@holdfast/server/remote-stores/remote-store'
import { systemClock } from '@holdfast/server/shared/clock'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../cluster/cluster-node.ts'
import { HotRodServer } from './hot-rod-server.ts'
import { itKeepsTheContract } from './store-contract.ts'

const backWithinMs = 15_000

async function open(port: number, password = 'right'): Promise<RemoteStore> {
  return await openRemoteStore({
    settings: {
      type: 'infinispan',
      addresses: [{ host: '127.0.0.1', port }],
      username: 'holdfast',
      password,
      tls: undefined,
      singleUse: true,
      sessions: true,
      backupSites: [],
      sentinelMaster: undefined,
    },
    clock: systemClock,
    logger: pino({ level: 'silent' }),
  })
}

async function works(store: RemoteStore): Promise<boolean> {
  const cache = store.cache('loginFailures')
  return await cache.putIfAbsent(`probe-${Math.random()}`, 'there', Date.now() + 60_000)
}

describe('Hot Rod', () => {
  let server: HotRodServer
  let store: RemoteStore

  beforeAll(async () => {
    server = await HotRodServer.start('right')
    store = await open(server.port)
  })
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  itKeepsTheContract(() => store)

  test('it makes the caches that are not there', () => {
    expect([...server.caches.keys()]).toEqual([
      'authenticationSessions',
      'loginFailures',
      'actionTokens',
      'sessions',
      'clientSessions',
    ])
  })

  test('frozen, cut off, or with another password for a while, it is back by itself', async () => {
    server.frozen = true
    const start = performance.now()
    const failed = await Promise.allSettled(Array.from({ length: 4 }, () => works(store)))
    expect(failed.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
    expect(performance.now() - start).toBeLessThan(1_500)
    server.frozen = false
    await eventually('it answers again', backWithinMs, () => works(store))
    server.password = 'another'
    server.cut()
    await expect(works(store)).rejects.toMatchObject({ name: 'RemoteStoreUnavailable' })
    server.password = 'right'
    await eventually('it lets in again', backWithinMs, () => works(store))
  })

  test('goes on with the other caches while one cannot be read', async () => {
    const before = server.connections
    server.degraded.add('loginFailures')
    const others = store.cache('authenticationSessions')
    for (let call = 0; call < 6; call += 1) {
      await expect(works(store)).rejects.toMatchObject({ name: 'RemoteStoreUnavailable' })
      expect(await others.putIfAbsent(`other-${call}`, 'there', null)).toBe(true)
    }
    server.degraded.clear()
    expect(await works(store)).toBe(true)
    expect(server.connections).toBe(before)
  })

  test('tells how long an entry lives, also for months', async () => {
    const lives = 400 * 24 * 3_600_000
    const endsAt = Date.now() + lives
    await store.cache('actionTokens').putIfAbsent('long', 'there', endsAt)
    const told = server.caches.get('actionTokens')?.get('long')?.endsAt ?? 0
    expect(Math.abs(told - endsAt)).toBeLessThan(5_000)
  })

  test('goes to a server that it has only heard of', async () => {
    const other = await HotRodServer.start('right')
    const first = await HotRodServer.start('right')
    first.servers = [{ host: '127.0.0.1', port: other.port }]
    first.topology = 7
    const moved = await open(first.port)
    expect(await works(moved)).toBe(true)
    await first[Symbol.asyncDispose]()
    await eventually('the other serves', backWithinMs, () => works(moved))
    expect(other.caches.get('loginFailures')?.size).toBeGreaterThan(0)
    await moved[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
  })

  test('leaves a server alone that is still starting', async () => {
    const connections: string[] = []
    const starting = createServer(({ url = '' }, answer) => {
      connections.push(url)
      answer.writeHead(503).end()
    }).listen(0, '127.0.0.1')
    await once(starting, 'listening')
    const { port } = starting.address() as AddressInfo
    await expect(open(port)).rejects.toThrow(/cannot be reached: it is still starting$/)
    expect(connections).toEqual(['/health/ready'])
    starting.close()
  })

  test('refuses a wrong password with one line', async () => {
    await expect(open(server.port, 'wrong')).rejects.toThrow(
      /^cache-remote-host: the remote store at 127\.0\.0\.1:\d+ cannot be used: it does not take cache-remote-username/,
    )
  })
})
