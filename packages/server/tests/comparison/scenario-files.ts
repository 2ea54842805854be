import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { NormalAnswer } from './normal-answer.ts'
import {
  type KnownDifference,
  parseKnownDifferences,
  parseScenario,
  type Scenario,
} from './scenario.ts'

// Compiled or not, this file is two folders below the package.
const folder = resolve(import.meta.dirname, '../../tests/comparison')
const scenarioFolder = join(folder, 'scenarios')
const recordedEnding = '.recorded.json'

/** What a real Keycloak answered, by the name of the step. */
export type Recording = Readonly<Record<string, NormalAnswer>>

/** Names of all scenarios (`users/create`), or of those that contain one of the texts. */
export function scenarioNames(containing: readonly string[] = []): string[] {
  return readdirSync(scenarioFolder, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.json') && !path.endsWith(recordedEnding))
    .map((path) => path.replace(/\.json$/, '').replaceAll('\\', '/'))
    .filter((name) => containing.length === 0 || containing.some((text) => name.includes(text)))
    .toSorted()
}

/** @throws when the file is no scenario */
export function readScenario(name: string): Scenario {
  const file = join(scenarioFolder, `${name}.json`)
  return parseScenario(JSON.parse(readFileSync(file, 'utf8')), `${name}.json`)
}

/** The answers of a real Keycloak that stand beside the scenario; null when nobody has recorded them. */
export function readRecording(name: string): Recording | null {
  const file = recordingFile(name)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recording) : null
}

export function writeRecording(name: string, recording: Recording): void {
  writeFileSync(recordingFile(name), `${JSON.stringify(recording, null, 2)}\n`)
}

/** What differs on purpose in every scenario. */
export function differencesOnPurpose(): KnownDifference[] {
  return parseKnownDifferences(JSON.parse(readFileSync(join(folder, 'on-purpose.json'), 'utf8')))
}

function recordingFile(name: string): string {
  return join(scenarioFolder, `${name}${recordedEnding}`)
}
