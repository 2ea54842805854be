/**
 * `npm run compare-keycloak -- [--record] [--url URL] [--user NAME] [--password TEXT] [scenario …]`: plays the scenarios
 * whose names contain one of the texts (all without one) against a real Keycloak and against this server, and prints what
 * differs; `--record` writes down what Keycloak answered instead. Without `--url` a Keycloak from Maven Central is started.
 */
import { parseArgs } from 'node:util'
import { bootstrapAdmin, startServer } from '../harness/server-process.ts'
import { createDatabase } from '../harness/test-database.ts'
import { startThrowAwayPostgres } from '../harness/throw-away-postgres.ts'
import { keycloakSettleMs, startKeycloakProcess } from './keycloak-process.ts'
import type { Scenario } from './scenario.ts'
import { scenarioDifferences } from './scenario-differences.ts'
import { type Recording, readScenario, scenarioNames, writeRecording } from './scenario-files.ts'
import { ScenarioPlayer, type Target } from './scenario-player.ts'

interface Play {
  readonly name: string
  readonly scenario: Scenario
  readonly keycloak: Recording
}

const { values: options, positionals } = parseArgs({
  options: {
    url: { type: 'string' },
    user: { type: 'string', default: 'admin' },
    password: { type: 'string', default: 'admin' },
    record: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})

async function playOnKeycloak(names: readonly string[]): Promise<Play[]> {
  await using keycloak =
    options.url === undefined ? await startKeycloakProcess() : givenKeycloak(options.url)
  using player = new ScenarioPlayer(keycloak)
  const plays: Play[] = []
  for (const name of names) {
    const scenario = readScenario(name)
    plays.push({ name, scenario, keycloak: await player.play(name, scenario) })
  }
  return plays
}

function givenKeycloak(url: string): Target & AsyncDisposable {
  return {
    origin: url.replace(/\/$/, ''),
    administrator: { username: options.user, password: options.password },
    settleMs: keycloakSettleMs,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** @returns how many scenarios differ in a way that is not written down */
async function compareWithHoldfast(plays: readonly Play[]): Promise<number> {
  const postgres = await startThrowAwayPostgres()
  try {
    await using database = await createDatabase(postgres.url)
    await using server = await startServer({ databaseUrl: database.url })
    using player = new ScenarioPlayer({
      origin: server.url,
      administrator: bootstrapAdmin,
      settleMs: 0,
    })
    let differing = 0
    for (const { name, scenario, keycloak } of plays) {
      const { unknown, stale } = await player.play(name, scenario).then(
        (holdfast) => scenarioDifferences(scenario, keycloak, holdfast),
        (error: unknown) => ({ unknown: [`cannot be played: ${String(error)}`], stale: [] }),
      )
      const lines = [...unknown, ...stale.map(({ at }) => `no longer different: ${at}`)]
      console.log(lines.length === 0 ? `alike: ${name}` : `DIFFERENT: ${name}`)
      for (const line of lines) console.log(`  ${line}`)
      if (lines.length > 0) differing += 1
    }
    return differing
  } finally {
    await postgres.stop()
  }
}

const names = scenarioNames(positionals)
if (names.length === 0) throw new Error('there is no such scenario')
const plays = await playOnKeycloak(names)
if (options.record) {
  for (const { name, keycloak } of plays) writeRecording(name, keycloak)
  console.log(`${plays.length} recorded`)
} else {
  process.exitCode = (await compareWithHoldfast(plays)) === 0 ? 0 : 1
}
