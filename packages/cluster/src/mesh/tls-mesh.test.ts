import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { type ClusterAuthority, createAuthority, issueNodeCredentials } from './certificates.ts'
import { type AuthorityStore, ClusterCredentials } from './cluster-credentials.ts'
import { meshLimits } from './limits.ts'
import type { MeshPeer } from './mesh.ts'
import { SocketMesh } from './socket-mesh.ts'
import { type MeshCredentials, TlsTransport } from './tls-transport.ts'
import { ListenRefused } from './transport.ts'

const quiet = () => undefined
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const limits = {
  ...meshLimits,
  requestDeadlineMs: 2_000,
  probeIntervalMs: 100,
  probeTimeoutMs: 1_000,
  reconnectMaxMs: 200,
}
const dayMs = 86_400_000
const firstPort = 22_700

async function until(holds: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

class MemoryStore implements AuthorityStore {
  authorities: ClusterAuthority[] = []
  #turn: Promise<unknown> = Promise.resolve()

  async load() {
    return this.authorities
  }

  async change(work: Parameters<AuthorityStore['change']>[0]) {
    const turn = this.#turn.then(async () => {
      this.authorities = (await work(this.authorities)) ?? this.authorities
    })
    this.#turn = turn
    await turn
    return this.authorities
  }
}

describe('the mesh over TLS', { timeout: 30_000 }, () => {
  const open: SocketMesh[] = []

  afterEach(async () => {
    for (const mesh of open.splice(0)) await mesh.close()
  })

  const peer = (id: string, at: number): MeshPeer => ({
    id,
    incarnation: 1,
    name: id,
    addr: `127.0.0.1:${firstPort + at}`,
  })

  async function node(at: number, credentials: MeshCredentials, cluster = 'ISPN') {
    const transport = new TlsTransport({
      cluster,
      host: '127.0.0.1',
      port: firstPort + at,
      credentials,
      connectionsMax: 64,
      handshakeTimeoutMs: 1_000,
    })
    const mesh = new SocketMesh({
      cluster,
      transport,
      log,
      now: () => performance.now(),
      random: Math.random,
      limits,
    })
    await mesh.listen()
    open.push(mesh)
    return { mesh, transport }
  }

  function credentialsOf(store: AuthorityStore) {
    const now = () => performance.now()
    const wallClock = () => Date.now()
    return new ClusterCredentials({
      cluster: 'ISPN',
      store,
      log,
      wallClock,
      now,
      rotationIntervalDays: 30,
      settleMs: 60_000,
    })
  }

  test('two nodes that share an authority speak TLS 1.3 with each other', async () => {
    const store = new MemoryStore()
    const made = await Promise.all(['a', 'b'].map((id) => credentialsOf(store).open(id)))
    expect(store.authorities).toHaveLength(1)
    const [a, b] = await Promise.all(made.map((credentials, at) => node(at, credentials)))
    a?.mesh.setMembers(peer('a', 0), [peer('b', 1)])
    b?.mesh.setMembers(peer('b', 1), [peer('a', 0)])
    await until(() => a?.mesh.reachesAll() === true && b?.mesh.reachesAll() === true)
    b?.mesh.onRequest('echo', (body) => body)
    expect(await a?.mesh.request('b', 'echo', 'hello')).toBe('hello')
  })

  test("refuses a foreign authority, another node's name, another cluster and no certificate", async () => {
    const now = Date.now()
    const authority = await createAuthority('ISPN', 'current', now, 60)
    const foreign = await createAuthority('ISPN', 'current', now, 60)
    const issue = (cluster: string, id: string, signer: ClusterAuthority) =>
      issueNodeCredentials(cluster, id, signer, [authority], now)
    const { mesh } = await node(2, await issue('ISPN', 'a', authority))
    mesh.setMembers(peer('a', 2), [peer('b', 3), peer('c', 4), peer('d', 5)])
    const bad = {
      b: await issue('ISPN', 'b', foreign),
      c: await issue('ISPN', 'x', authority),
      d: await issue('ELSE', 'd', authority),
    }
    const links = Object.entries(bad).map(async ([id, credentials], at) => {
      const other = await node(3 + at, credentials)
      other.mesh.setMembers(peer(id, 3 + at), [peer('a', 2)])
      return other.mesh
    })
    const others = await Promise.all(links)
    const socket = connect({ host: '127.0.0.1', port: firstPort + 2, rejectUnauthorized: false })
    await new Promise((resolve) => socket.once('error', resolve))
    await until(() => mesh.counters.refusedConnections >= 4)
    expect(others.some((other) => other.reachable('a'))).toBe(false)
    expect(mesh.peers().some(({ state }) => state === 'reachable')).toBe(false)
  })

  test('ends connections that say nothing, and lets nobody take the place of members', async () => {
    const store = new MemoryStore()
    const made = await Promise.all(['a', 'b'].map((id) => credentialsOf(store).open(id)))
    const [mine, theirs] = made as [MeshCredentials, MeshCredentials]
    const a = await node(8, mine)
    const silent = Array.from({ length: 80 }, () => connectTcp(firstPort + 8, '127.0.0.1'))
    let ended = 0
    for (const socket of silent) {
      socket.on('error', () => undefined)
      socket.resume().on('close', () => {
        ended += 1
      })
    }
    // More than one address may hold are turned away at once, long before a handshake is overdue.
    await until(() => ended >= 80 - 64 / 4, 900)
    await until(() => ended === 80, 5_000)
    const b = await node(9, theirs)
    a.mesh.setMembers(peer('a', 8), [peer('b', 9)])
    b.mesh.setMembers(peer('b', 9), [peer('a', 8)])
    await until(() => a.mesh.reachesAll() && b.mesh.reachesAll())
  })

  test('rotates the authority under load without a failed request', async () => {
    const store = new MemoryStore()
    const [first, second] = [credentialsOf(store), credentialsOf(store)]
    const a = await node(6, await first.open('a'))
    const b = await node(7, await second.open('b'))
    first.serve(a.transport, a.mesh)
    second.serve(b.transport, b.mesh)
    a.mesh.setMembers(peer('a', 6), [peer('b', 7)])
    b.mesh.setMembers(peer('b', 7), [peer('a', 6)])
    b.mesh.onRequest('echo', (body) => body)
    await until(() => a.mesh.reachesAll())
    let [asked, failed, running] = [0, 0, true]
    const load = (async () => {
      while (running) {
        asked += 1
        await a.mesh.request('b', 'echo', asked, 1_000).catch(() => {
          failed += 1
        })
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    })()
    const signers = new Set<string>()
    for (let round = 0; round < 4; round++) {
      const aged = (each: ClusterAuthority) => ({ ...each, createdAt: each.createdAt - 31 * dayMs })
      store.authorities = store.authorities.map(aged)
      await first.rotate(a.mesh, [peer('b', 7)])
      expect(store.authorities.at(-1)?.kind).toBe('next')
      await first.rotate(a.mesh, [peer('b', 7)])
      signers.add(store.authorities.find(({ kind }) => kind === 'current')?.id ?? '')
    }
    running = false
    await load
    expect(signers.size).toBe(4)
    expect(failed).toBe(0)
    expect(asked).toBeGreaterThan(20)
    // New connections use the new certificates.
    a.mesh.setMembers(peer('a', 6), [])
    a.mesh.setMembers(peer('a', 6), [peer('b', 7)])
    await until(() => a.mesh.reachable('b'))
  })

  test('makes certificates that openssl verifies, with cluster and node in the SAN', async () => {
    const now = Date.now()
    const authority = await createAuthority('my cluster', 'current', now, 60)
    const issued = await issueNodeCredentials('my cluster', 'node-1', authority, [authority], now)
    const directory = mkdtempSync(join(tmpdir(), 'cert-'))
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(directory, 'ca.pem'), authority.certificate)
    writeFileSync(join(directory, 'leaf.pem'), issued.cert as string)
    const verified = execFileSync(
      'openssl',
      ['verify', '-x509_strict', '-CAfile', 'ca.pem', 'leaf.pem'],
      { cwd: directory },
    )
    const text = execFileSync('openssl', ['x509', '-noout', '-text', '-in', 'leaf.pem'], {
      cwd: directory,
    })
    rmSync(directory, { recursive: true })
    expect(verified.toString()).toContain('OK')
    expect(text.toString()).toContain('URI:holdfast://my%20cluster/node-1')
    expect(Math.round((authority.expiresAt - now) / 86_400_000)).toBe(60)
  })

  test('says in one line that the port is in use', async () => {
    const credentials = await credentialsOf(new MemoryStore()).open('a')
    await node(8, credentials)
    const refused = node(8, credentials)
    await expect(refused).rejects.toThrow(ListenRefused)
    await expect(refused).rejects.toThrow(/127\.0\.0\.1:22708.*port is in use/)
  })
})
