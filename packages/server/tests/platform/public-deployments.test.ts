import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { TestCertificates } from '../harness/certificates.ts'
import { freePort } from '../harness/free-port.ts'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'
import { type PublicDeployment, publicDeployments } from './public-deployments.ts'

const program = resolve(import.meta.dirname, '../../bin/kc.sh')
const certificates = new TestCertificates()
const startTimeoutMs = 60_000
let database: TestDatabase
let relay: Server
let places: Record<string, string>

beforeAll(async () => {
  database = await createTestDatabase()
  const { pathname, port, searchParams, username } = new URL(database.url)
  const socket = `${searchParams.get('host')}/.s.PGSQL.${port}`
  // These deployments know their database by an address, and that of the tests has a socket only.
  relay = createServer((client) => {
    const server = connect(socket)
    client.on('error', () => server.destroy()).pipe(server)
    server.on('error', () => client.destroy()).pipe(client)
  })
  await new Promise<void>((settle) => relay.listen(0, '127.0.0.1', settle))
  const address = relay.address()
  places = {
    address: '127.0.0.1',
    port: String(typeof address === 'object' ? address?.port : ''),
    database: pathname.slice(1),
    user: username,
    certificate: certificates.make('/CN=authority').certificateFile,
  }
})

afterAll(async () => {
  relay.close()
  await database[Symbol.asyncDispose]()
  certificates[Symbol.dispose]()
})

/** Starts it where containers would have their own network: only ports are told beside what it says itself. */
async function started({ args, environment }: PublicDeployment) {
  const [http, management, mesh] = [await freePort(), await freePort(), await freePort()]
  const home = mkdtempSync(join(tmpdir(), 'holdfast-public-'))
  mkdirSync(join(home, 'data', 'import'), { recursive: true })
  const realm = { realm: 'imported', enabled: true, sslRequired: 'none' }
  writeFileSync(join(home, 'data', 'import', 'imported-realm.json'), JSON.stringify(realm))
  const filled = (text: string) =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) =>
      name === 'http' ? String(http) : (places[name] ?? whole),
    )
  const child: ChildProcess = spawn(program, args.map(filled), {
    env: {
      PATH: process.env['PATH'],
      KC_HOME_DIR: home,
      KC_HTTP_PORT: String(http),
      KC_HTTP_MANAGEMENT_PORT: String(management),
      KC_CACHE_EMBEDDED_NETWORK_BIND_PORT: String(mesh),
      ...Object.fromEntries(
        Object.entries(environment).map(([name, text]) => [name, filled(text)]),
      ),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const seen = { log: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      seen.log += text
    })
  }
  const ended = new Promise<number | null>((settle) => child.once('exit', settle))
  return { http, management, seen, home, ended, child }
}

describe('what people publish for Keycloak', () => {
  it.each(publicDeployments)('starts with another image only: $name', async (deployment) => {
    const { http, management, seen, home, ended, child } = await started(deployment)
    try {
      for (const [where, path] of deployment.probes) {
        const url = `http://127.0.0.1:${where === 'main' ? http : management}${path}`
        await vi.waitFor(
          async () => {
            expect(child.exitCode, seen.log).toBeNull()
            expect((await fetch(url)).status, `${path}\n${seen.log}`).toBe(200)
          },
          { timeout: startTimeoutMs, interval: 100 },
        )
      }
      const realm = deployment.args.includes('--import-realm') ? 'imported' : 'master'
      const origin = `http://127.0.0.1:${http}${deployment.path}`
      const forwarded = { forwarded: 'proto=https', 'x-forwarded-proto': 'https' }
      const answer = await fetch(`${origin}/realms/${realm}`, { headers: forwarded })
      expect(answer.status).toBe(200)
      expectSaid(seen.log, deployment.outdated)
      child.kill('SIGTERM')
      expect(await ended).toBe(0)
    } finally {
      child.kill('SIGKILL')
      rmSync(home, { recursive: true, force: true })
    }
  })

  /** Nothing is said of a setting but that it is outdated: each of the others acts. */
  function expectSaid(log: string, outdated: readonly string[]): void {
    const words = /has no effect|is deprecated|is not read|is no setting|not known|Discovery of/
    const said = log.split('\n').filter((line) => / WARN /.test(line) && words.test(line))
    const unexpected = said.filter((line) => !outdated.some((part) => line.includes(part)))
    expect(unexpected).toEqual([])
    for (const part of outdated) expect(log).toContain(part)
  }
})
