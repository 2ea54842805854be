import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { scenarioDifferences } from './scenario-differences.ts'
import { readRecording, readScenario, scenarioNames } from './scenario-files.ts'
import { ScenarioPlayer } from './scenario-player.ts'

describe('what a real Keycloak answered', () => {
  let server: TestServer
  let player: ScenarioPlayer

  beforeAll(async () => {
    server = await startTestServer()
    player = new ScenarioPlayer({ origin: server.url, administrator: bootstrapAdmin, settleMs: 0 })
  })

  afterAll(async () => {
    player[Symbol.dispose]()
    await server[Symbol.asyncDispose]()
  })

  it.each(scenarioNames())('is answered here: %s', async (name) => {
    const scenario = readScenario(name)
    const recording = readRecording(name)
    if (recording === null) {
      expect.fail(`nothing is recorded: npm run compare-keycloak -- --record ${name}`)
    }
    const { unknown, stale } = scenarioDifferences(
      scenario,
      recording,
      await player.play(name, scenario),
    )
    expect(unknown).toEqual([])
    expect(stale, 'listed as different, but no longer so: delete these entries').toEqual([])
  })
})
