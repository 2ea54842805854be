import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type PeerCertificate } from 'node:tls'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { startNode } from './cluster-node.ts'

const category = 'org.keycloak.connections.infinispan.DefaultInfinispanConnectionProviderFactory'

const file = `<?xml version="1.0" encoding="UTF-8"?>
<infinispan xmlns="urn:infinispan:config:15.0">
  <jgroups>
    <stack name="mine" extends="tcp">
      <TCPPING initial_hosts="127.0.0.1[7999]" stack.combine="REPLACE"/>
    </stack>
  </jgroups>
  <cache-container name="keycloak">
    <transport stack="mine" cluster="blue"/>
    <local-cache name="realms"><memory max-count="77"/><expiration lifespan="60000"/></local-cache>
    <distributed-cache name="sessions" owners="2"><memory max-count="500"/></distributed-cache>
    <distributed-cache name="extra" owners="3"/>
  </cache-container>
</infinispan>`

/** The certificate that a node shows to its peers. */
function shownAt(port: number): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate())
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

describe('the configuration of caches', { timeout: 60_000 }, () => {
  let database: TestDatabase
  let directory: string

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    directory = mkdtempSync(join(tmpdir(), 'caches-'))
    writeFileSync(join(directory, 'cache.xml'), file)
  })

  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true })
    await database?.[Symbol.asyncDispose]()
  })

  test('is what the file, then SPI options, then max-count options say, and stands in the log', async () => {
    const meshPort = await freePort()
    const server = await startNode({
      databaseUrl: database.url,
      name: 'configured',
      options: [
        `--cache-config-file=${join(directory, 'cache.xml')}`,
        '--spi-cache-embedded--default--users-lifespan=-1',
        '--spi-cache-embedded--default--offline-sessions-owners=2',
        '--cache-embedded-client-sessions-max-count=9',
        '--cache-embedded-keys-max-count=-1',
        '--cache-embedded-authorization-max-count=11',
        '--cache-embedded-crl-max-count=12',
        '--cache-embedded-mtls-rotation-interval-days=3',
        `--cache-embedded-network-bind-port=${meshPort}`,
        `--log-level=info,${category}:debug`,
      ],
    })
    const { log } = server
    for (const line of [
      "Cache 'realms': type=invalidation, max-count=77, lifespan=60000ms",
      "Cache 'users': type=invalidation, max-count=10000\n",
      "Cache 'keys': type=local, max-count=1000, max-idle=3600000ms",
      "Cache 'authorization': type=invalidation, max-count=11,",
      "Cache 'crl': type=local, max-count=12",
      "Cache 'work': type=replicated, max-count=unbounded",
      "Cache 'sessions': type=distributed, owners=2, max-count=500",
      "Cache 'clientSessions': type=distributed, owners=1, max-count=9",
      "Cache 'offlineSessions': type=distributed, owners=2, max-count=10000",
      "Cache 'actionTokens': type=distributed, owners=2, max-count=unbounded",
      "Cache 'extra': type=distributed, owners=3, max-count=unbounded, from the configuration file",
      'The configuration file changes the default cache "sessions"',
      'Ignoring unbounded max-count for cache "keys"',
      'channel `blue` with stack `mine`',
    ]) {
      expect(log).toContain(line)
    }
    expect(log).toContain(`DEBUG [${category}]`)
    const { valid_from: from, valid_to: to } = await shownAt(meshPort)
    const days = (Date.parse(to) - Date.parse(from)) / 86_400_000
    expect(days, 'twice the interval, and a little before now').toBeGreaterThanOrEqual(6)
    expect(days).toBeLessThan(7)
    await server.stop()
  })
})
