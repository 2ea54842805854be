import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { siblingSocket, sweepSockets } from './sweep-sockets.ts'

const laterMs = 60_000
const id = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sweep-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

/** As a worker that was killed leaves it. */
function abandonedSocket(path: string): void {
  const listen = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
  try {
    execFileSync(process.execPath, ['-e', listen, path])
  } catch {
    // It died, as it should.
  }
}

test('removes the sockets of workers that are gone, and nothing else', async () => {
  const dead = siblingSocket(directory, id(1))
  const alive = siblingSocket(directory, id(2))
  abandonedSocket(dead)
  const server = createServer().listen(alive)
  await new Promise((resolve) => server.once('listening', resolve))
  writeFileSync(join(directory, 'holdfast-notes.sock'), '')

  expect(await sweepSockets(directory, Date.now())).toBe(0)
  expect(await sweepSockets(directory, Date.now() + laterMs)).toBe(1)
  expect(readdirSync(directory).sort()).toEqual([basename(alive), 'holdfast-notes.sock'].sort())
  server.close()
})
