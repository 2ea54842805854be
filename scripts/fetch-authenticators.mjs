/**
 * Writes the names of authenticators by AAGUID that one Keycloak release brings, as
 * `packages/server/resources/webauthn/authenticators.json`, from its artefact in Maven Central. `--check` compares what is
 * committed with the artefact instead. Needs Maven and unzip.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const version = '26.7.4'
const sha256 = '034a26cd489ed7977d4842dffb9de9fadba9525b72b3e912476df0034b2658f0'
const source = 'keycloak-webauthn-metadata.json'
const target = join(
  import.meta.dirname,
  '../packages/server/resources/webauthn/authenticators.json',
)

function namesIn(folder) {
  const artifact = `org.keycloak:keycloak-services:${version}:jar`
  const options = ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`]
  execFileSync('mvn', [...options, `-DoutputDirectory=${folder}`], { stdio: 'inherit' })
  const archive = join(folder, `keycloak-services-${version}.jar`)
  const actual = createHash('sha256').update(readFileSync(archive)).digest('hex')
  if (actual !== sha256) throw new Error(`${archive} has SHA-256 ${actual}, not ${sha256}`)
  const models = JSON.parse(execFileSync('unzip', ['-p', archive, source], { encoding: 'utf8' }))
  const names = Object.entries(models).map(([aaguid, { name }]) => [aaguid.toLowerCase(), name])
  return Object.fromEntries(names.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const folder = mkdtempSync(join(tmpdir(), 'authenticators-'))
try {
  const text = `${JSON.stringify(namesIn(folder), null, 2)}\n`
  if (!process.argv.includes('--check')) writeFileSync(target, text)
  else if (readFileSync(target, 'utf8') !== text) {
    throw new Error('the committed names differ from the artefact')
  }
} finally {
  rmSync(folder, { recursive: true })
}
