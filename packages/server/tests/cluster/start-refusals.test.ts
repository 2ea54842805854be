import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { TestCertificates } from '../harness/certificates.ts'
import { startServer } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { eventually, metric, startNode, untilMeshComplete } from './cluster-node.ts'

describe('a start with settings of the cluster', { timeout: 60_000 }, () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
  })

  afterAll(async () => {
    await database?.[Symbol.asyncDispose]()
  })

  test.each([
    ['--cache-stack=carrier-pigeon', 'cache-stack=carrier-pigeon is not known'],
    ['--cache-stack=kubernetes', 'needs -Djgroups.dns.query='],
    [
      '--cache-embedded-network-bind-address=match-interface:nope7',
      'matches no address of this machine',
    ],
    [
      '--cache-embedded-network-bind-address=203.0.113.9',
      'cannot listen for cluster members on 203.0.113.9',
    ],
    ['--cache-embedded-mtls-key-store-file=/nowhere.p12', '/nowhere.p12 does not exist'],
    ['--cache-config-file=nowhere.xml', 'nowhere.xml does not exist'],
    ['--cache-embedded-action-tokens-max-count=5', 'cache-embedded-action-tokens-max-count'],
    [
      '--spi-user-sessions--infinispan--use-caches=maybe',
      'use-caches=maybe is neither true nor false',
    ],
  ])('that cannot be honoured ends with one line: %s', async (option, line) => {
    const server = await startNode({
      databaseUrl: database.url,
      name: 'refused',
      options: [option],
      waitUntilReady: false,
    })
    expect(await server.exited).toBe(2)
    expect(server.log).toContain(line)
    await server.stop()
  })

  test('of own stores needs their passwords, and nodes that trust each other find each other', async () => {
    using certificates = new TestCertificates()
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-mesh-'))
    const authority = certificates.make('/CN=mesh')
    const trust = join(folder, 'trust.p12')
    const pkcs12 = (...args: string[]) => execFileSync('openssl', ['pkcs12', '-export', ...args])
    const trusted = ['-nokeys', '-in', authority.certificateFile]
    pkcs12(...trusted, '-out', trust, '-passout', 'pass:out')
    const start = async (name: string, password: string, waitUntilReady = true) => {
      const { certificateFile, keyFile } = certificates.make(`/CN=${name}`, authority)
      const keys = join(folder, `${name}.p12`)
      pkcs12('-in', certificateFile, '-inkey', keyFile, '-out', keys, '-passout', 'pass:in')
      const options = [
        `--cache-embedded-mtls-key-store-file=${keys}`,
        `--cache-embedded-mtls-key-store-password=${password}`,
        `--cache-embedded-mtls-trust-store-file=${trust}`,
        '--cache-embedded-mtls-trust-store-password=out',
      ]
      return await startNode({ databaseUrl: database.url, name, options, waitUntilReady })
    }
    const nodes = await Promise.all([start('one', 'in'), start('two', 'in')])
    await untilMeshComplete(nodes[0], 15_000)
    const refused = await start('three', 'wrong', false)
    expect(await refused.exited).toBe(2)
    expect(refused.log).toContain('three.p12')
    await Promise.all([...nodes, refused].map((node) => node.stop()))
  })

  test('without TLS needs a private address', async () => {
    const server = await startNode({
      databaseUrl: database.url,
      name: 'open',
      options: [
        '--cache-embedded-mtls-enabled=false',
        '--cache-embedded-network-bind-address=0.0.0.0',
      ],
      waitUntilReady: false,
    })
    expect(await server.exited).toBe(2)
    expect(server.log).toContain(
      'cache-embedded-mtls-enabled=false is allowed on private addresses only',
    )
    await server.stop()
  })

  test('says that the cluster port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    const server = await startNode({
      databaseUrl: database.url,
      name: 'late',
      options: [`--cache-embedded-network-bind-port=${port}`],
      waitUntilReady: false,
    })
    expect(await server.exited).toBe(2)
    expect(server.log).toContain(`127.0.0.1:${port}: the port is in use`)
    await server.stop()
    taken.close()
  })

  test('with cache=local listens on no cluster port', async () => {
    const port = await startServer({
      databaseUrl: database.url,
      options: ['--cache=local', '--health-enabled=true', '--metrics-enabled=true'],
    })
    expect(port.log).not.toContain('physical addresses')
    await eventually(
      'it is a cluster of one',
      3_000,
      async () => (await metric(port.managementUrl, 'vendor_cluster_size')) === 1,
    )
    await port.stop()
  })
})
