/**
 * Writes the texts of Keycloak's consoles, pages and mails, as `packages/translations/texts/{type}/{locale}.json`, from the
 * artefacts of one Keycloak release in Maven Central. `--check` compares what is committed with the artefacts instead.
 * Needs Maven and unzip.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'dot-properties'

const version = '26.7.4'

/** Later folders of a type override earlier ones, as a theme overrides its parent. */
const artefacts = [
  {
    name: 'keycloak-themes',
    sha256: 'c46ec4ed451bfecbf6428f7f8656768dabd9cd93f30dd3783781fa4cc18b670f',
    folders: [
      ['login', 'base/login'],
      ['login', 'keycloak/login'],
      ['login', 'keycloak.v2/login'],
      ['email', 'base/email'],
      ['account', 'base/account'],
      ['admin', 'base/admin'],
    ],
  },
  {
    name: 'keycloak-account-ui',
    sha256: '43f5d90628ddc78fc19f830b50b9a6d0ccca098c41b2a8a736a2249c180e4cc2',
    folders: [['account', 'keycloak.v3/account']],
  },
  {
    name: 'keycloak-admin-ui',
    sha256: '5effd384b0503f32ea3f93f48ccb0972d7a6ba5cb666683f8e6412d3bdc4ba62',
    folders: [['admin', 'keycloak.v2/admin']],
  },
]

const target = join(import.meta.dirname, '..', 'packages', 'translations', 'texts')

function unpack({ name, sha256 }, folder) {
  const artifact = `org.keycloak:${name}:${version}:jar`
  const options = ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`]
  execFileSync('mvn', [...options, `-DoutputDirectory=${folder}`], { stdio: 'inherit' })
  const archive = join(folder, `${name}-${version}.jar`)
  const actual = createHash('sha256').update(readFileSync(archive)).digest('hex')
  if (actual !== sha256) throw new Error(`${archive} has SHA-256 ${actual}, not ${sha256}`)
  execFileSync('unzip', ['-q', '-o', archive, 'theme/*/messages/*', '-d', join(folder, name)])
  return join(folder, name, 'theme')
}

/** Type → locale → key → text. */
function collect(folder) {
  const texts = new Map()
  for (const artefact of artefacts) {
    const themes = unpack(artefact, folder)
    for (const [type, path] of artefact.folders) {
      const messages = join(themes, path, 'messages')
      for (const file of readdirSync(messages)) {
        const locale = /^messages_(.+)\.properties$/.exec(file)?.[1]
        if (!locale) continue
        const key = `${type}/${locale.replaceAll('_', '-')}`
        const parsed = parse(readFileSync(join(messages, file), 'utf8'))
        texts.set(key, { ...texts.get(key), ...parsed })
      }
    }
  }
  return texts
}

const folder = mkdtempSync(join(tmpdir(), 'translations-'))
try {
  const differing = []
  for (const [name, texts] of collect(folder)) {
    const file = join(target, `${name}.json`)
    const sorted = Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)))
    const content = `${JSON.stringify(sorted, null, 1)}\n`
    if (process.argv.includes('--check')) {
      if (readFileSync(file, 'utf8') !== content) differing.push(name)
    } else {
      mkdirSync(join(file, '..'), { recursive: true })
      writeFileSync(file, content)
    }
  }
  if (differing.length > 0) {
    console.error(`Not as in Keycloak ${version}: ${differing.join(', ')}`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
