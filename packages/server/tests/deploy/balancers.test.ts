import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const deploy = resolve(import.meta.dirname, '../../../../deploy')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-balancers-'))
const processes: ChildProcess[] = []
let running: TestServer

function isThere(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
}

beforeAll(async () => {
  running = await startTestServer({
    options: [
      '--proxy-headers=xforwarded',
      '--proxy-trusted-addresses=127.0.0.1',
      '--http-access-log-enabled=true',
      '--http-access-log-pattern=%h %U',
    ],
  })
})

afterAll(async () => {
  for (const one of processes) one.kill('SIGTERM')
  await running[Symbol.asyncDispose]()
})

/** The configuration with this server's ports, and a second node that is not there. */
async function placed(file: string, secondPort?: number): Promise<{ text: string; port: number }> {
  const port = await freePort()
  const text = readFileSync(join(deploy, file), 'utf8')
    .replaceAll('127.0.0.1:8081', `127.0.0.1:${new URL(running.url).port}`)
    .replaceAll('127.0.0.1:8082', `127.0.0.1:${secondPort ?? (await freePort())}`)
    .replaceAll('port 9000', `port ${new URL(running.server.managementUrl).port}`)
    .replaceAll(
      /(bind :|listen )8000/g,
      (_, word) => `${word === 'bind :' ? 'bind 127.0.0.1:' : 'listen 127.0.0.1:'}${port}`,
    )
  return { text, port }
}

async function ask(port: number, path: string): Promise<{ status: number; issuer: unknown }> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}/.well-known/openid-configuration`, {
    headers: { 'x-forwarded-for': '203.0.113.66', 'x-forwarded-host': 'evil.test' },
  })
  const { issuer } = (await answer.json()) as { issuer?: unknown }
  return { status: answer.status, issuer }
}

/** Every request is answered by the node that is there, under the name of the balancer, and nothing that a client claims is believed. */
async function servesAsExpected(port: number): Promise<void> {
  await vi.waitFor(async () => expect((await ask(port, '/realms/master')).status).toBe(200), {
    timeout: 15_000,
  })
  for (let time = 0; time < 10; time += 1) {
    expect(await ask(port, '/realms/demo')).toEqual({
      status: 200,
      issuer: `http://127.0.0.1:${port}/realms/demo`,
    })
  }
  expect(running.server.log).toContain('127.0.0.1 /realms/demo/')
  expect(running.server.log).not.toContain('203.0.113.66')
}

describe.skipIf(!isThere('haproxy'))('HAProxy', () => {
  it('with the configuration of deploy/ serves from the node that is there', {
    timeout: 60_000,
  }, async () => {
    const { text, port } = await placed('haproxy/haproxy.cfg')
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(file, text)
    const check = spawnSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' })
    expect(check.status, check.stdout + check.stderr).toBe(0)
    processes.push(spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' }))
    await servesAsExpected(port)
  })
})

/** Another node, which only says who it is; health is asked of the first one. */
const second = createServer((_request, response) => response.end('second'))

describe.skipIf(!isThere('haproxy'))('HAProxy with affinity', () => {
  afterAll(() => second.close())

  it('sends a browser to the node that its cookie names', { timeout: 60_000 }, async () => {
    second.listen(0, '127.0.0.1')
    await once(second, 'listening')
    const { text, port } = await placed(
      'haproxy/affinity.cfg',
      (second.address() as AddressInfo).port,
    )
    const file = join(folder, 'affinity.cfg')
    writeFileSync(file, text)
    const check = spawnSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' })
    expect(check.status, check.stdout + check.stderr).toBe(0)
    processes.push(spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' }))
    const answeredBy = async (cookie: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}/realms/demo`, { headers: { cookie } })
      return (await answer.text()) === 'second' ? 'node2' : 'node1'
    }
    await vi.waitFor(
      async () => expect(await answeredBy('AUTH_SESSION_ID=a.node2')).toBe('node2'),
      {
        timeout: 15_000,
      },
    )
    for (let time = 0; time < 5; time += 1) {
      expect(await answeredBy('AUTH_SESSION_ID=a.node1')).toBe('node1')
      expect(await answeredBy('AUTH_SESSION_ID=a.node2')).toBe('node2')
    }
  })
})

describe.skipIf(!isThere('nginx'))('nginx', () => {
  it('with the configuration of deploy/ serves from the node that is there', {
    timeout: 60_000,
  }, async () => {
    const { text, port } = await placed('nginx/holdfast.conf')
    const own = join(folder, 'holdfast.conf')
    writeFileSync(own, text)
    const file = join(folder, 'nginx.conf')
    writeFileSync(
      file,
      `daemon off; pid ${folder}/nginx.pid; error_log stderr;\nevents {}\nhttp { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; include ${own}; }\n`,
    )
    const check = spawnSync('nginx', ['-t', '-c', file], { encoding: 'utf8' })
    expect(check.status, check.stdout + check.stderr).toBe(0)
    processes.push(spawn('nginx', ['-c', file], { stdio: 'ignore' }))
    await servesAsExpected(port)
  })
})
