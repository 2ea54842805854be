import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Hello } from './envelope.ts'
import { encodeFrame } from './frame.ts'
import { meshLimits } from './limits.ts'
import { type MeshPeer, PeerRefused, PeerTimeout, PeerUnreachable } from './mesh.ts'
import { PlainTransport } from './plain-transport.ts'
import { SocketMesh } from './socket-mesh.ts'

const quiet = () => undefined
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet }
/** Fast probes; deadlines that a busy machine keeps. */
const limits = {
  ...meshLimits,
  requestDeadlineMs: 2_000,
  probeIntervalMs: 60,
  probeTimeoutMs: 500,
  reconnectMaxMs: 100,
}

/** What member b would say first, with something wrong in it. */
function greeting(wrong: Partial<Hello>): Hello {
  const magic = 'holdfast'
  return { magic, cluster: 'ISPN', node: 'b', incarnation: 1, proto: [1, 1], ...wrong }
}

async function until(holds: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('the mesh', { timeout: 30_000 }, () => {
  let directory: string
  const open: SocketMesh[] = []
  const warnings: string[] = []

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mesh-'))
  })

  afterEach(async () => {
    for (const mesh of open.splice(0)) await mesh.close()
    warnings.length = 0
    rmSync(directory, { recursive: true, force: true })
  })

  function peer(id: string, incarnation = 1): MeshPeer {
    return { id, incarnation, name: id, addr: `unix:${directory}/${id}.sock` }
  }

  async function node(id: string, cluster = 'ISPN', strangers: string[] = []): Promise<SocketMesh> {
    const mesh = new SocketMesh({
      cluster,
      transport: new PlainTransport({ path: `${directory}/${id}.sock` }, 16),
      log: { ...silent, warn: (_fields, message) => warnings.push(message) },
      now: () => performance.now(),
      random: Math.random,
      limits,
      onStranger: (stranger) => strangers.push(stranger),
    })
    await mesh.listen()
    open.push(mesh)
    return mesh
  }

  /** Waits until the node has closed the connection. */
  async function sendTo(id: string, bytes: Buffer): Promise<void> {
    const socket = connect({ path: `${directory}/${id}.sock` })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined)
    socket.resume()
    socket.write(bytes)
    await closed
  }

  async function pair(): Promise<[SocketMesh, SocketMesh]> {
    const [a, b] = [await node('a'), await node('b')]
    const members = [peer('a'), peer('b')]
    a.setMembers(peer('a'), members)
    b.setMembers(peer('b'), members)
    await until(() => a.reachesAll() && b.reachesAll())
    return [a, b]
  }

  test('answers requests, delivers casts and tells who sent them', async () => {
    const [a, b] = await pair()
    const heard: unknown[] = []
    b.onRequest('double', (body) => Number(body) * 2)
    b.onCast('note', (body, from) => heard.push({ body, from }))
    expect(await a.request('b', 'double', 21)).toBe(42)
    a.cast('note', { ids: ['x'] })
    await until(() => heard.length === 1)
    expect(heard).toEqual([{ body: { ids: ['x'] }, from: 'a' }])
  })

  test('gives up on an answer after the deadline, and takes no notice of it when it comes', async () => {
    const [a, b] = await pair()
    b.onRequest('slow', () => new Promise((resolve) => setTimeout(() => resolve('late'), 2_000)))
    const started = performance.now()
    await expect(a.request('b', 'slow', null, 50)).rejects.toThrow(PeerTimeout)
    expect(performance.now() - started).toBeLessThan(1_000)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    b.onRequest('next', () => 'fine')
    expect(await a.request('b', 'next', null)).toBe('fine')
  })

  test('refuses unknown kinds, and hides why a handler failed', async () => {
    const [a, b] = await pair()
    b.onRequest('broken', () => {
      throw new Error('password is hunter2')
    })
    await expect(a.request('b', 'unheard', null)).rejects.toThrow(PeerRefused)
    await expect(a.request('b', 'broken', null)).rejects.toThrow(/the request failed$/)
  })

  test('notices a member that is gone, and finds it again when it is back', async () => {
    const [a, b] = await pair()
    const changes: boolean[] = []
    a.onReachability((_id, reachable) => changes.push(reachable))
    await b.close()
    await until(() => !a.reachable('b'))
    await expect(a.request('b', 'double', 1)).rejects.toThrow(PeerUnreachable)
    await until(() => a.peers()[0]?.state === 'unreachable')
    expect(warnings.join()).toContain(`Cannot reach cluster member b at unix:${directory}/b.sock`)
    const again = await node('b')
    again.setMembers(peer('b'), [peer('a'), peer('b')])
    await until(() => a.reachable('b'))
    expect(changes).toEqual([false, true])
    expect(a.peers()[0]).toMatchObject({ state: 'reachable', missedProbes: 0, lastError: null })
  })

  test('knows whether members reach it, also when it reaches them', async () => {
    const [a, b] = await pair()
    await until(() => a.hearsAll() && b.hearsAll())
    // b forgets a: it probes no more, but goes on to answer on what a opened.
    b.setMembers(peer('b'), [{ ...peer('a'), addr: `unix:${directory}/nobody.sock` }])
    await until(() => !a.hearsAll())
    expect(a.reachable('b')).toBe(true)
  })

  test('tells that another member still reaches the one that it lost', async () => {
    const [a, b] = await pair()
    const c = await node('c')
    // From a's side b listens where nobody is; c knows the right address.
    const lost = { ...peer('b'), addr: `unix:${directory}/nobody.sock` }
    a.setMembers(peer('a'), [lost, peer('c')])
    b.setMembers(peer('b'), [peer('a'), peer('c')])
    c.setMembers(peer('c'), [peer('a'), peer('b')])
    await until(() => a.peers().some(({ aliveThrough }) => aliveThrough === 'c'))
    expect(a.reachesAll()).toBe(false)
    expect(a.reachable('c')).toBe(true)
  })

  test('refuses strangers, other clusters and earlier incarnations', async () => {
    const strangers: string[] = []
    const a = await node('a', 'ISPN', strangers)
    const b = await node('b', 'OTHER')
    const c = await node('c')
    const d = await node('d')
    a.setMembers(peer('a'), [peer('b'), peer('d', 5)])
    for (const [mesh, id] of [
      [b, 'b'],
      [c, 'c'],
      [d, 'd'],
    ] as const) {
      mesh.setMembers(peer(id, 4), [peer('a')])
    }
    await until(() => [b, c, d].every((mesh) => mesh.peers()[0]?.lastError?.startsWith('refused')))
    const reasons = [b, c, d].map((mesh) => mesh.peers()[0]?.lastError)
    expect(reasons).toEqual([
      'refused: another cluster',
      'refused: not in the view',
      'refused: an earlier incarnation',
    ])
    expect(strangers).toContain('c')
    expect(a.counters.refusedConnections).toBeGreaterThan(1)
  })

  test.each([
    ['a frame that is too long', Buffer.from([0x7f, 0xff, 0xff, 0xff, 0])],
    ['an empty frame', Buffer.from([0, 0, 0, 0, 0])],
    ['a greeting of another protocol', encodeFrame(0, { hello: 'world' }, 100)],
    ['a greeting with older messages only', encodeFrame(0, greeting({ proto: [0, 0] }), 500)],
    ['a greeting with newer messages only', encodeFrame(0, greeting({ proto: [9, 12] }), 500)],
    ["another cluster's name", encodeFrame(0, greeting({ cluster: 'ELSE' }), 500)],
    ['what is no JSON', Buffer.concat([Buffer.from([0, 0, 0, 2, 0]), Buffer.from('{x')])],
    ['a message before the greeting', encodeFrame(1, { t: 'cast', kind: 'x' }, 100)],
  ])('closes the connection of who sends %s, and goes on', async (_what, bytes) => {
    const [a, b] = await pair()
    b.onRequest('echo', (body) => body)
    for (let time = 0; time < 3; time++) await sendTo('a', bytes)
    expect(a.counters.refusedConnections).toBe(3)
    // Three times in a minute, and one line.
    expect(warnings.filter((each) => each.startsWith('Refused a cluster connection'))).toHaveLength(
      1,
    )
    expect(a.reachesAll()).toBe(true)
    expect(await a.request('b', 'echo', 'still here')).toBe('still here')
  })

  test('drops casts and fails requests when a peer does not read, instead of filling memory', async () => {
    const [a, b] = await pair()
    b.onRequest('never', () => new Promise(() => undefined))
    const asked = Array.from({ length: 300 }, () =>
      a.request('b', 'never', null, 200).catch(() => 0),
    )
    const load = 'x'.repeat(500_000)
    for (let sent = 0; sent < 100; sent++) a.cast('load', load)
    expect(a.counters.droppedCasts).toBeGreaterThan(50)
    await Promise.all(asked)
  })

  test('refuses to send a message over the limit', async () => {
    const [a] = await pair()
    await expect(a.request('b', 'big', 'x'.repeat(2_000_000))).rejects.toThrow('over the limit')
  })
})
