import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runAdmin } from '@holdfast/server/admin-cli/run-admin'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { type Played, play, type RunCommand, recordings } from './play.ts'

let running: TestServer

beforeAll(async () => {
  running = await startTestServer()
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
})

/** In this process: a hundred new ones would take longer than what they do. */
const here: RunCommand = async (args, stdin) => {
  let out = ''
  let err = ''
  const code = await runAdmin(args, {
    program: 'kcadm.sh',
    home: '/nonexistent',
    variable: () => undefined,
    now: () => Date.now(),
    out: (text) => {
      out += typeof text === 'string' ? text : Buffer.from(text).toString('utf8')
    },
    err: (text) => {
      err += text
    },
    readAll: async () => stdin,
    ask: async () => undefined,
  })
  return { code, out, err }
}

it('says and does what the tool of Keycloak 26.7.4 does, command by command', async () => {
  const file = join(recordings, 'recorded.json')
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as Played[]
  const { password } = bootstrapAdmin
  const stage = { server: running.url, password, realm: 'cli-recorded', program: 'kcadm.sh' }
  expect(await play(stage, here)).toEqual(recorded)
})
