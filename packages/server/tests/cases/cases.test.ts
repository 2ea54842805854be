import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../harness/fixtures.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { alike } from './alike.ts'
import { type Case, CasePlayer } from './case-player.ts'

const names = readdirSync(resolve(import.meta.dirname, '../fixtures/cases'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .toSorted()

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => await server[Symbol.asyncDispose]())

/** @returns what was not as a real Keycloak answers it; null when all was */
async function difference(name: string): Promise<string | null> {
  const played = fixture<Case>(`cases/${name}`)
  const player = new CasePlayer(server.url, played)
  for (const [index, step] of played.steps.entries()) {
    const got = await player.play(step)
    for (const [member, wanted] of Object.entries(step.expect ?? {})) {
      if (alike(wanted, got[member])) continue
      const shown = JSON.stringify(got[member])?.slice(0, 300)
      return `step ${index} (${step.do}), ${member}: ${JSON.stringify(wanted)} is right, not ${shown}. ${played.right}`
    }
  }
  return null
}

describe('realms of other people, as a real Keycloak answers them', { timeout: 30_000 }, () => {
  it.each(names)('%s', async (name) => {
    expect(await difference(name)).toBeNull()
  })
})
