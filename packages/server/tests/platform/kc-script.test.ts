import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const script = resolve(import.meta.dirname, '../../bin/kc.sh')
const home = mkdtempSync(join(tmpdir(), 'holdfast-kc-'))
mkdirSync(join(home, 'conf'))
writeFileSync(join(home, 'conf', 'keycloak.conf'), 'http-port=4711\n')

function kc(...args: string[]) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('KC_'))
  const env = { ...Object.fromEntries(inherited), KC_HOME_DIR: home }
  const { status, stdout, stderr } = spawnSync(script, args, { env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** Whether the OpenSSL of this Node.js has a FIPS provider. */
const hasFips =
  spawnSync(process.execPath, [
    '-e',
    'const c = require("crypto"); c.setFips(true); c.createHash("sha256").digest()',
  ]).status === 0

/** Metadata of this build, changed. */
function metadataWith(change: (metadata: Record<string, Record<string, string>>) => void): string {
  const file = join(home, 'metadata.json')
  expect(kc('update-compatibility', 'metadata', `--file=${file}`).status).toBe(0)
  const metadata = JSON.parse(readFileSync(file, 'utf8'))
  change(metadata)
  writeFileSync(file, JSON.stringify(metadata))
  return file
}

describe('kc.sh', () => {
  it('is called what it is called by, and reads conf/ of its home', () => {
    expect(kc('--help').stdout).toMatch(/^kc\.sh \[OPTIONS\] \[COMMAND\]$/m)
    expect(kc('start', '--http-port').stderr).toContain("Try 'kc.sh start --help' for more")
    expect(kc('show-config').stdout).toContain('kc.http-port = 4711 (file)')
  })

  it.each([
    [['start-dev', 'extra'], "Unknown option: 'extra'", 'start-dev '],
    [['bootstrap-admin'], 'Missing required subcommand', 'bootstrap-admin '],
    [['tools'], 'Missing required subcommand', 'tools '],
    [['update-compatibility'], 'Missing required subcommand', 'update-compatibility '],
  ])('refuses %j as Keycloak does', (args, problem, help) => {
    const { status, stderr } = kc(...args)
    expect(stderr.split('\n')).toEqual(
      expect.arrayContaining([problem, expect.stringContaining(`Try 'kc.sh ${help}--help'`)]),
    )
    expect(status).toBe(2)
  })

  it('lays out options as Keycloak does', () => {
    const { stdout } = kc('start', '--help')
    expect(stdout).toMatch(/^--http-port <port> +Port of plain HTTP\. Default: 8080\.$/m)
    expect(stdout).toMatch(/^--cache-embedded-realms-max-count <max-count>\n {21}Entries/m)
    const wide = stdout.split('\n').filter((line) => line.length > 100 && line.includes(' '))
    expect(wide.filter((line) => line.trim().split(' ').length > 2)).toEqual([])
  })

  it('shows options that depend on others only where all are asked for', () => {
    const usual = kc('start', '--help').stdout
    const all = kc('start', '--help-all').stdout
    expect(usual).toContain('Use --help-all to list')
    expect(all.length).toBeGreaterThan(usual.length)
  })

  it('takes settings from a store of secrets', () => {
    const store = join(import.meta.dirname, 'config-keystore.p12')
    const options = [`--config-keystore=${store}`, '--config-keystore-password=changeit']
    expect(kc('show-config', ...options, '--config-keystore-type=PKCS12').stdout).toMatch(
      /kc\.db-password = \*+/,
    )
    expect(kc('show-config').stdout).not.toContain('kc.db-password')
    const java = kc('show-config', ...options, '--config-keystore-type=JKS')
    expect(java.stderr).toContain('JKS')
    expect(java.status).toBe(2)
  })

  it.skipIf(hasFips)('ends where OpenSSL has no FIPS mode and it is asked for', () => {
    const { status, stderr } = kc('start-dev', '--fips-mode=strict')
    expect(stderr).toContain('fips-mode cannot be turned on')
    expect(status).toBe(1)
  })

  it('completes commands and options in bash', () => {
    const completion = kc('tools', 'completion').stdout
    const ask =
      'COMP_WORDS=(kc.sh bootstrap-admin u); COMP_CWORD=2; _complete_kc_sh; echo "${COMPREPLY[@]}"'
    const text = execFileSync('bash', ['-c', `${completion}\n${ask}`], { encoding: 'utf8' })
    expect(text.trim()).toBe('user')
  })
})

describe('update-compatibility', () => {
  it('lets nodes of one build and settings be replaced one by one', () => {
    const { status, stdout } = kc(
      'update-compatibility',
      'check',
      `--file=${metadataWith(() => undefined)}`,
    )
    expect(stdout.trim().split('\n').at(-1)).toBe('[OK] Rolling Update is available.')
    expect(stdout).toContain('[cacheEmbedded] Provider is compatible.')
    expect(status).toBe(0)
  })

  it.each([
    [
      'an older minor version',
      'keycloak',
      'version',
      '25.0.1',
      "'keycloak.version' is incompatible: 25.0.1 -> 26.7.4.",
    ],
    [
      'a schema before a breaking step',
      'holdfast',
      'schema',
      '0',
      "'holdfast.schema' is incompatible: 0 -> ",
    ],
    ['a newer schema', 'holdfast', 'schema', '1000', "'holdfast.schema' is incompatible: 1000 -> "],
    [
      'another database',
      'database',
      'db',
      'postgres',
      "'database.db' is incompatible: postgres -> dev-file.",
    ],
  ])('wants all nodes stopped for %s', (_, subject, name, value, problem) => {
    const file = metadataWith((metadata) => {
      Object.assign(metadata[subject] ?? {}, { [name]: value })
    })
    const { status, stdout } = kc('update-compatibility', 'check', `--file=${file}`)
    expect(stdout).toContain(`[${subject}] Rolling Update is not available. ${problem}`)
    expect(status).toBe(3)
  })

  it('takes a patch release for the same', () => {
    const file = metadataWith((metadata) => {
      Object.assign(metadata['keycloak'] ?? {}, { version: '26.7.0' })
    })
    expect(kc('update-compatibility', 'check', `--file=${file}`).status).toBe(0)
  })

  it('ends with 2 without a file that can be read, and with 4 where it is switched off', () => {
    const missing = kc('update-compatibility', 'check', '--file=/nonexistent.json')
    expect(missing.stderr).toBe("Incorrect argument --file. Path '/nonexistent.json' not found\n")
    expect(missing.status).toBe(2)
    const bad = join(home, 'bad.json')
    writeFileSync(bad, 'no JSON')
    expect(kc('update-compatibility', 'check', `--file=${bad}`).status).toBe(2)
    const off = ['--features-disabled=rolling-updates', `--file=${bad}`]
    expect(kc('update-compatibility', 'check', ...off).status).toBe(4)
  })
})
