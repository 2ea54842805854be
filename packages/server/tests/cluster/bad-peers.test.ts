import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { ServerProcess } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { clusterCheck, eventually, metric, startNode, untilMeshComplete } from './cluster-node.ts'

/** Each offence is committed so often within a minute, and must be one line in the log. */
const times = 3

interface Member {
  readonly name: string
  readonly node_id: string
  readonly incarnation: string
  readonly addr: string
}

/** A frame of the mesh as its own code writes it: length, message version, JSON. */
function frame(version: number, payload: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(payload))
  const head = Buffer.alloc(5)
  head.writeUInt32BE(body.length, 0)
  head.writeUInt8(version, 4)
  return Buffer.concat([head, body])
}

/** What a server process does with peers that are broken, old, foreign or hostile. */
describe('a node whose cluster port is open to anybody', { timeout: 90_000 }, () => {
  let database: TestDatabase
  let node: ServerProcess
  let other: ServerProcess

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    const start = (name: string) =>
      startNode({
        databaseUrl: database.url,
        name,
        options: ['--cache-embedded-mtls-enabled=false'],
      })
    node = await start('node')
    other = await start('other')
    await untilMeshComplete(node, 15_000)
  })

  afterAll(async () => {
    await Promise.all([node?.stop(), other?.stop()])
    await database?.[Symbol.asyncDispose]()
  })

  async function member(name: string): Promise<Member> {
    const rows = await database.query<Member & Record<string, unknown>>(
      'SELECT name, node_id, incarnation, addr FROM cluster_member WHERE name = $1',
      [name],
    )
    return rows[0] as Member
  }

  async function dial(): Promise<Socket> {
    const { addr } = await member('node')
    const socket = connect({ host: '127.0.0.1', port: Number(addr.split(':').at(-1)) })
    socket.on('error', () => undefined)
    socket.resume()
    await new Promise((resolve) => socket.once('connect', resolve))
    return socket
  }

  /** Sends it on connections of its own, and waits until the node has closed each. */
  async function offend(bytes: (time: number) => Promise<Buffer>): Promise<void> {
    for (let time = 0; time < times; time++) {
      const socket = await dial()
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.write(await bytes(time))
      await closed
    }
  }

  const greeting = async (wrong: object) => {
    const { node_id, incarnation } = await member('other')
    return {
      magic: 'holdfast',
      cluster: 'ISPN',
      node: node_id,
      incarnation: Number(incarnation),
      proto: [1, 1],
      ...wrong,
    }
  }

  /** Everything that a peer could have changed. */
  async function state(): Promise<unknown> {
    const [views, epochs] = await Promise.all([
      database.query('SELECT cluster, view_id, tag, members FROM cluster_view'),
      database.query('SELECT shard, v, tag FROM inv_epoch ORDER BY shard'),
    ])
    const flushes = await metric(node.managementUrl, 'holdfast_cache_flushes', 'chain')
    return { views, epochs, flushes }
  }

  const linesOf = (text: string) => node.log.split('\n').filter((line) => line.includes(text))

  test.each([
    [
      'a frame that is too long',
      async (time: number) => Buffer.from([0x7f, 0xff, 0xff, time, 0]),
      /over the limit/,
    ],
    [
      'a message version that is too old',
      async () => frame(0, await greeting({ proto: [0, 0] })),
      /no message version in common/,
    ],
    [
      "another cluster's name",
      async () => frame(0, await greeting({ cluster: 'ELSE' })),
      /another cluster/,
    ],
    [
      'an earlier incarnation',
      async () => frame(0, await greeting({ incarnation: 0 })),
      /an earlier incarnation/,
    ],
    [
      'what is no greeting',
      async () => frame(0, { hello: 'world' }),
      /the greeting is not of this protocol/,
    ],
  ])(
    'refuses and counts %s, says so once a minute, and changes nothing',
    async (_what, bytes, why) => {
      const before = await state()
      const counted = await metric(node.managementUrl, 'holdfast_cluster_refused_connections')
      await offend(bytes)
      expect(await metric(node.managementUrl, 'holdfast_cluster_refused_connections')).toBe(
        counted + times,
      )
      expect(linesOf('Refused a cluster connection').filter((line) => why.test(line)).length).toBe(
        1,
      )
      expect(await state()).toEqual(before)
      expect((await clusterCheck(node.managementUrl)).status).toBe('UP')
      expect(await metric(node.managementUrl, 'holdfast_cluster_peer_reachable')).toBe(1)
    },
  )

  test('counts who is of another cluster or version as Keycloak counts them', async () => {
    const read = (name: string) => metric(node.managementUrl, `vendor_jgroups_tcp_get_${name}`)
    expect(await read('different_cluster_messages')).toBe(times)
    expect(await read('different_version_messages')).toBe(times)
  })

  test('refuses and counts an entry with a bad tag from a member, and changes nothing', async () => {
    const before = await state()
    const socket = await dial()
    socket.write(frame(0, await greeting({})))
    const [epoch] = await database.query<{ v: string }>('SELECT v FROM inv_epoch WHERE shard = 7')
    const [row] = await database.query<{ identity: string }>(
      `SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
         substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
         extract(epoch FROM pg_postmaster_start_time())::text) AS identity`,
    )
    const forged = {
      shard: 7,
      v: Number(epoch?.v) + 1,
      prevTag: 4711,
      tag: 4712,
      fmt: 1,
      events: JSON.stringify([{ kind: '*', shardKey: '*', tags: [], op: 'clear' }]),
    }
    const body = { identity: row?.identity, rows: [forged] }
    for (let id = 1; id <= times; id++) {
      socket.write(frame(1, { t: 'request', id, kind: 'log.push', body }))
    }
    await eventually(
      'they are counted',
      5_000,
      async () =>
        (await metric(node.managementUrl, 'holdfast_invalidation_log_pushes_refused')) === times,
    )
    socket.destroy()
    expect(linesOf('its tag is of another history')).toHaveLength(1)
    expect(await state()).toEqual(before)
  })
})

describe('a node whose cluster port wants certificates', { timeout: 90_000 }, () => {
  let database: TestDatabase
  let node: ServerProcess
  let directory: string

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    directory = mkdtempSync(join(tmpdir(), 'foreign-'))
    execFileSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', join(directory, 'key.pem'), '-out', join(directory, 'cert.pem')],
      ...['-subj', '/CN=ISPN', '-addext', 'subjectAltName=URI:holdfast://ISPN/somebody'],
    ])
    node = await startNode({ databaseUrl: database.url, name: 'guarded' })
  })

  afterAll(async () => {
    await node?.stop()
    await database?.[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true, force: true })
  })

  test.each(['a certificate of its own making', 'no certificate'])(
    'refuses and counts who shows %s, says so, and goes on',
    async (what) => {
      const [row] = await database.query<{ addr: string }>('SELECT addr FROM cluster_member')
      const view = () => database.query('SELECT cluster, view_id, tag, members FROM cluster_view')
      const before = await view()
      const counted = await metric(node.managementUrl, 'holdfast_cluster_refused_connections')
      const own = what !== 'no certificate'
      for (let time = 0; time < times; time++) {
        const socket = tlsConnect({
          host: '127.0.0.1',
          port: Number(row?.addr.split(':').at(-1)),
          rejectUnauthorized: false,
          ...(own && {
            key: readFileSync(join(directory, 'key.pem')),
            cert: readFileSync(join(directory, 'cert.pem')),
          }),
        })
        socket.on('error', () => undefined)
        socket.resume()
        await new Promise((resolve) => socket.once('close', resolve))
      }
      await eventually(
        'they are counted',
        5_000,
        async () =>
          (await metric(node.managementUrl, 'holdfast_cluster_refused_connections')) ===
          counted + times,
      )
      const reason = own ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'PEER_DID_NOT_RETURN_A_CERTIFICATE'
      const lines = node.log.split('\n').filter((line) => line.includes('Refused a cluster'))
      expect(lines.filter((line) => line.includes(reason))).toHaveLength(1)
      expect(await view()).toEqual(before)
      expect((await clusterCheck(node.managementUrl)).status).toBe('UP')
    },
  )
})
