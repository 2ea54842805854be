import { openRemoteStore } from '@holdfast/server/remote-stores/open-remote-store'
import type { RemoteStore } from '@holdfast/server/remote-stores/remote-store'
import { systemClock } from '@holdfast/server/shared/clock'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../cluster/cluster-node.ts'
import { InfinispanLibraries, InfinispanServer } from './infinispan-server.ts'
import { itKeepsTheContract } from './store-contract.ts'

/** They need Java and Maven, and take minutes: `npm run test:infinispan`. */
const wanted = process.env['HOLDFAST_INFINISPAN'] !== undefined
const setUpMs = 600_000
const backWithinMs = 60_000
const password = 'of-the-store'

function open(servers: readonly InfinispanServer[]): Promise<RemoteStore> {
  return openRemoteStore({
    settings: {
      type: 'infinispan',
      addresses: servers.map(({ port }) => ({ host: '127.0.0.1', port })),
      username: 'holdfast',
      password,
      tls: undefined,
      singleUse: true,
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

describe.skipIf(!wanted).each(['15.2.6.Final', '16.0.5'])(
  'two servers of Infinispan %s',
  (version) => {
    const libraries = new InfinispanLibraries()
    let servers: InfinispanServer[] = []
    let store: RemoteStore

    beforeAll(async () => {
      await libraries.fetch(version)
      expect(libraries.count).toBeGreaterThan(100)
      servers = await InfinispanServer.cluster(2, libraries, password)
      // The first requests of a server take seconds.
      await eventually('they can be used', setUpMs, async () => {
        store = await open(servers.slice(0, 1))
        return true
      })
    }, setUpMs)

    afterAll(async () => {
      await store?.[Symbol.asyncDispose]()
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
      libraries[Symbol.dispose]()
    })

    itKeepsTheContract(() => store)

    test('a frozen one holds up nobody, and the other serves until it is back', {
      timeout: 180_000,
    }, async () => {
      const start = performance.now()
      servers[0]?.signal('SIGSTOP')
      await expect(works(store)).rejects.toMatchObject({ name: 'RemoteStoreUnavailable' })
      expect(performance.now() - start).toBeLessThan(1_500)
      servers[0]?.signal('SIGCONT')
      await eventually('they serve again', backWithinMs, () => works(store))
    })

    test('killed and started again, both are found without a restart', {
      timeout: 400_000,
    }, async () => {
      await Promise.all(servers.map((server) => server.kill()))
      await expect(works(store)).rejects.toMatchObject({ name: 'RemoteStoreUnavailable' })
      await Promise.all(servers.map((server) => server.begin()))
      await eventually('they serve again', backWithinMs, () => works(store))
    })
  },
)
