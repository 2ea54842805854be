import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRemoteStore } from '@holdfast/server/remote-stores/open-remote-store'
import type { RemoteStore } from '@holdfast/server/remote-stores/remote-store'
import type { RemoteStoreSettings } from '@holdfast/server/remote-stores/remote-store-settings'
import { systemClock } from '@holdfast/server/shared/clock'
import { DisposalStack } from '@holdfast/server/shared/disposal-stack'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../cluster/cluster-node.ts'
import { CertificateAuthority } from '../harness/certificate-authority.ts'
import { demoRealm } from '../harness/demo-realm.ts'
import { freePort } from '../harness/free-port.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { startThrowAwayPostgres, type ThrowAwayPostgres } from '../harness/throw-away-postgres.ts'
import { InfinispanLibraries, InfinispanServer } from './infinispan-server.ts'
import { PostgresGate } from './postgres-gate.ts'
import { itKeepsTheContract } from './store-contract.ts'
import { useVolatileSessions } from './use-volatile-sessions.ts'

/** They need Java and Maven, and take minutes: `npm run test:infinispan`. */
const wanted = process.env['HOLDFAST_INFINISPAN'] !== undefined
const setUpMs = 600_000
const backWithinMs = 60_000
/** Longest that a call may take: its deadline, on a machine that has other work. */
const callMs = 1_500
const password = 'of-the-store'
const hour = 3_600_000
const template = join(import.meta.dirname, '../../../../deploy/infinispan/jdbc-postgresql.xml')

function open(port: number, more: Partial<RemoteStoreSettings> = {}): Promise<RemoteStore> {
  return openRemoteStore({
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
      ...more,
    },
    clock: systemClock,
    logger: pino({ level: 'silent' }),
  })
}

async function works(store: RemoteStore, cache: 'loginFailures' | 'authenticationSessions') {
  const key = `probe-${Math.random()}`
  return await store.cache(cache).putIfAbsent(key, 'there', Date.now() + hour)
}

/** Whether a store can be opened so, and used. */
async function opens(port: number, more: Partial<RemoteStoreSettings>): Promise<boolean> {
  const store = await open(port, more)
  try {
    return await works(store, 'authenticationSessions')
  } finally {
    await store[Symbol.asyncDispose]()
  }
}

describe.skipIf(!wanted).each(['15.2.6.Final', '16.0.5'])(
  'two servers of Infinispan %s',
  (version) => {
    const running = new DisposalStack()
    let authority: CertificateAuthority
    let postgres: ThrowAwayPostgres
    let database: TestDatabase
    let gate: PostgresGate
    let servers: InfinispanServer[] = []
    /** One of each node of Holdfast, at a server of its own. */
    const stores: RemoteStore[] = []
    const server = (index: number) => servers[index] as InfinispanServer
    const store = (index: number) => stores[index] as RemoteStore
    const allWork = async () => {
      const answers = stores.flatMap((each) => [
        works(each, 'loginFailures'),
        works(each, 'authenticationSessions'),
      ])
      return (await Promise.all(answers)).every(Boolean)
    }

    beforeAll(async () => {
      authority = running.use(new CertificateAuthority())
      const libraries = running.use(await InfinispanLibraries.fetch(version))
      expect(libraries.count).toBeGreaterThan(100)
      postgres = await startThrowAwayPostgres()
      running.defer(() => postgres.stop())
      database = running.use(await createDatabase(postgres.url))
      gate = running.use(await PostgresGate.open(database.url))
      const certificate = authority.issue('/CN=store', ['subjectAltName = DNS:localhost'])
      // Failed logins are kept in PostgreSQL, all else in memory.
      const [, caches = ''] = /<caches>(.*)<\/caches>/s.exec(readFileSync(template, 'utf8')) ?? []
      servers = await InfinispanServer.cluster(2, {
        libraries,
        password,
        certificate,
        caches,
        database: gate,
      })
      for (const each of servers) running.use(each)
      // The first requests of a server take seconds.
      await eventually('they can be used', setUpMs, async () => {
        for (const each of servers.slice(stores.length)) stores.push(await open(each.ports.any))
        return true
      })
      for (const each of stores) running.use(each)
    }, setUpMs)

    afterAll(() => running[Symbol.asyncDispose]())

    itKeepsTheContract(() => store(0))

    test('lets in by DIGEST-MD5, and by PLAIN over TLS, and refuses a wrong password', async () => {
      const { digest, plain } = server(0).ports
      const tls = { ca: [readFileSync(authority.file, 'utf8')] }
      const addresses = [{ host: 'localhost', port: plain }]
      expect(await opens(digest, {})).toBe(true)
      expect(await opens(plain, { tls, addresses })).toBe(true)
      const line = /cannot be used: it does not take cache-remote-username/
      await expect(opens(digest, { password: 'no' })).rejects.toThrow(line)
      await expect(opens(plain, { tls, addresses, password: 'no' })).rejects.toThrow(line)
    })

    test('believes only who is trusted, by the name that was asked for', async () => {
      const { any, plain } = server(0).ports
      const tls = { ca: [readFileSync(authority.file, 'utf8')] }
      await expect(opens(plain, { tls: {} })).rejects.toThrow(/cannot be used: TLS failed/)
      await expect(opens(plain, { tls })).rejects.toThrow(/TLS failed .*IP: 127\.0\.0\.1/)
      const anyName = { ...tls, checkServerIdentity: () => undefined }
      expect(await opens(plain, { tls: anyName })).toBe(true)
      await expect(opens(any, { tls })).rejects.toThrow(/cannot be used: TLS failed/)
      await expect(opens(plain, {})).rejects.toThrow(/perhaps it expects TLS/)
    })

    test('shows the password to nobody where TLS is missing', async () => {
      const { any } = server(0).ports
      expect(await opens(any, {})).toBe(true)
      expect(server(0).log).not.toContain(password)
    })

    test('keeps in PostgreSQL until when an entry lives, in milliseconds since the epoch', async () => {
      const days = [1 / 24, 29, 31, 400]
      for (const [index, count] of days.entries()) {
        const cache = store(index % 2).cache('loginFailures')
        const endsAt = Date.now() + count * 24 * hour
        await cache.putIfAbsent(`days-${count}`, 'first', endsAt)
        const before = await store((index + 1) % 2)
          .cache('loginFailures')
          .get(`days-${count}`)
        if (before === null) throw new Error('the second client does not see it')
        expect(await cache.replace(`days-${count}`, before, 'second', endsAt)).toBe(true)
      }
      const [table] = await database.query<{ name: string }>(
        "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE tablename ILIKE 'ispn%loginFailures'",
      )
      const kept = await database.query<{ ends_at: string }>(
        `SELECT ends_at FROM ${table?.name} WHERE ends_at > 0 ORDER BY ends_at DESC LIMIT 3`,
      )
      const far = days.toReversed().slice(0, 3)
      for (const [index, { ends_at }] of kept.entries()) {
        const expected = Date.now() + (far[index] ?? 0) * 24 * hour
        expect(Math.abs(Number(ends_at) - expected)).toBeLessThan(60_000)
      }
    })

    test('while its database is away, it answers for the rest, and is back for every node', {
      timeout: 120_000,
    }, async () => {
      await gate.close()
      await eventually('it is missed', backWithinMs, async () => {
        const start = performance.now()
        const answers = await Promise.allSettled(stores.map((each) => works(each, 'loginFailures')))
        expect(performance.now() - start).toBeLessThan(callMs)
        return answers.every(({ status }) => status === 'rejected')
      })
      const others = stores.map((each) => works(each, 'authenticationSessions'))
      expect(await Promise.all(others)).toEqual([true, true])
      await gate.reopen()
      await eventually('every node uses it again', backWithinMs, allWork)
    })

    test('two nodes of Holdfast keep their volatile sessions there, each at a server of its own', {
      timeout: 300_000,
    }, async () => {
      const own = await createDatabase(postgres.url)
      const port = await freePort()
      const nodes: ServerProcess[] = []
      const start = async (each: InfinispanServer, more: object) => {
        const options = [
          '--cache=local',
          '--features-disabled=persistent-user-sessions',
          `--cache-remote-host=127.0.0.1:${each.ports.any}`,
          '--cache-remote-username=holdfast',
          `--cache-remote-password=${password}`,
          '--cache-remote-tls-enabled=false',
          `--hostname=http://127.0.0.1:${port}`,
        ]
        nodes.push(await startServer({ databaseUrl: own.url, options, ...more }))
      }
      try {
        await start(server(0), { port, realms: [demoRealm()] })
        await start(server(1), {})
        await useVolatileSessions(nodes as [ServerProcess, ServerProcess])
        const [row] = await own.query<{ n: number }>('SELECT count(*)::int AS n FROM user_session')
        expect(row?.n).toBe(0)
      } finally {
        await Promise.all(nodes.map((each) => each.stop()))
        await own[Symbol.asyncDispose]()
      }
    })

    test('a frozen one holds up nobody, and it is back by itself', {
      timeout: 180_000,
    }, async () => {
      server(0).signal('SIGSTOP')
      for (let call = 0; call < 3; call += 1) {
        const start = performance.now()
        await Promise.allSettled(stores.map((each) => works(each, 'authenticationSessions')))
        expect(performance.now() - start).toBeLessThan(callMs)
      }
      server(0).signal('SIGCONT')
      await eventually('they serve again', backWithinMs, allWork)
    })

    test('killed and started again, both are found without a restart, and have what was kept', {
      timeout: 400_000,
    }, async () => {
      await store(0)
        .cache('loginFailures')
        .putIfAbsent('kept', 'there', Date.now() + hour)
      await store(0)
        .cache('authenticationSessions')
        .putIfAbsent('lost', 'there', Date.now() + hour)
      await Promise.all(servers.map((each) => each.kill()))
      await expect(works(store(0), 'loginFailures')).rejects.toMatchObject({
        name: 'RemoteStoreUnavailable',
      })
      await Promise.all(servers.map((each) => each.begin()))
      await eventually('they serve again', backWithinMs, allWork)
      expect((await store(1).cache('loginFailures').get('kept'))?.value).toBe('there')
      expect((await store(1).cache('loginFailures').get('days-400'))?.value).toBe('second')
      expect(await store(1).cache('authenticationSessions').get('lost')).toBeNull()
    })

    test('with another password for a while, it is back by itself', {
      timeout: 400_000,
    }, async () => {
      await server(1).kill()
      server(0).setPassword('another')
      await eventually('it lets nobody in', backWithinMs, async () => {
        const answer = await opens(server(0).ports.any, {}).catch((error: Error) => error)
        return /does not take cache-remote-username/.test(String(answer))
      })
      server(0).setPassword(password)
      await server(1).begin()
      await eventually('they serve again', backWithinMs, allWork)
    })
  },
)
