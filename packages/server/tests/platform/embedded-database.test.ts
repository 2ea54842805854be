import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { emptyHome, HoldfastProcess, holdfast, until } from './holdfast-process.ts'

/** Every test starts at least one server with its database. */
vi.setConfig({ testTimeout: 240_000 })

const serving = 'Listening on'
let home: string
let port: number
let options: string[]

beforeAll(async () => {
  home = emptyHome()
  port = await freePort()
  options = ['start-dev', `--http-port=${port}`, `--http-management-port=${await freePort()}`]
})

function start(): HoldfastProcess {
  return new HoldfastProcess(options, { KC_HOME_DIR: home })
}

/** Process id of the PostgreSQL that runs on the data. */
function postgresPid(): number {
  const file = readFileSync(join(home, 'data/postgres/pg18/postmaster.pid'), 'utf8')
  return Number(file.split('\n')[0])
}

function pidFileIsThere(): boolean {
  return existsSync(join(home, 'data/postgres/pg18/postmaster.pid'))
}

/** A zombie counts as ended: nobody may be there to collect it. */
function runs(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

async function answers(): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/realms/master`, {
    signal: AbortSignal.timeout(2_000),
  }).catch(() => null)
  return answer?.status === 200
}

afterAll(() => {
  expect(() => postgresPid()).toThrow()
})

test('the first start makes a database, the end of the server stops it', async () => {
  await using server = start()
  await server.untilPrinted(serving)
  expect(await answers()).toBe(true)
  const pid = postgresPid()
  server.kill('SIGTERM')
  expect((await server.finished).code).toBe(0)
  expect(runs(pid)).toBe(false)
})

test('no TCP port is opened, and strangers cannot enter the directory of the socket', async () => {
  await using server = start()
  await server.untilPrinted(serving)
  const settings = readFileSync(`/proc/${postgresPid()}/cmdline`, 'utf8').split('\0')
  expect(settings).toContain('listen_addresses=')
  expect(statSync(join(home, 'data/postgres/socket')).mode & 0o077).toBe(0)
  expect(statSync(join(home, 'data/postgres')).mode & 0o077).toBe(0)
})

test('a second server on the same data is refused with one line', async () => {
  await using server = start()
  await server.untilPrinted(serving)
  const second = await holdfast(['start-dev', '--http-port=0', '--http-management-port=0'], {
    KC_HOME_DIR: home,
  })
  expect(second.code).toBe(1)
  expect(second.stderr).toContain(`Another server (process ${server.pid}) is using the data`)
})

test('commands work beside a running server', async () => {
  await using server = start()
  await server.untilPrinted(serving)
  const file = join(home, 'export.json')
  const finished = await holdfast(['export', '--realm=master', `--file=${file}`], {
    KC_HOME_DIR: home,
  })
  expect(finished.code).toBe(0)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ realm: 'master' })
})

test('a PostgreSQL that a killed server left running is adopted', async () => {
  await using killed = start()
  await killed.untilPrinted(serving)
  const pid = postgresPid()
  killed.kill('SIGKILL')
  await killed.finished
  expect(runs(pid)).toBe(true)
  await using server = start()
  await server.untilPrinted(serving)
  expect(server.stdout).toContain('Adopting the embedded PostgreSQL')
  expect(postgresPid()).toBe(pid)
  expect(await answers()).toBe(true)
})

test('a PostgreSQL that is killed is started again, and the server goes on', async () => {
  await using server = start()
  await server.untilPrinted(serving)
  const pid = postgresPid()
  process.kill(pid, 'SIGKILL')
  await server.untilPrinted('is started again')
  await until(() => pidFileIsThere() && postgresPid() !== pid && runs(postgresPid()), 30_000)
  await until(answers, 30_000)
})

test('server and PostgreSQL killed together leave nothing that hinders the next start', async () => {
  await using killed = start()
  await killed.untilPrinted(serving)
  const pid = postgresPid()
  killed.kill('SIGKILL')
  process.kill(pid, 'SIGKILL')
  await killed.finished
  await using server = start()
  await server.untilPrinted(serving)
  expect(await answers()).toBe(true)
})
