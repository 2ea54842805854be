import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serverSettings } from './server-settings.ts'
import { SettingCatalogue } from './setting-catalogue.ts'
import { SettingError } from './setting-error.ts'
import { parseDurationMs } from './setting-syntax.ts'
import { loadConfiguration } from './sources.ts'

/** A home directory with this configuration file. */
function homeWith(file: string): string {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-config-'))
  writeFileSync(join(home, 'keycloak.conf'), file)
  return home
}

function recordedOptions(): { options: { option: string }[] } {
  const file = join(import.meta.dirname, '../../tests/fixtures/operations/options.json')
  return JSON.parse(readFileSync(file, 'utf8'))
}

function load(args: string[], environment: Record<string, string> = {}, file = '') {
  const KC_HOME_DIR = homeWith(file)
  return loadConfiguration(args, { KC_HOME_DIR, KC_CONFIG_FILE: 'keycloak.conf', ...environment })
}

test('every option of Keycloak is known', () => {
  const catalogue = new SettingCatalogue()
  const { options } = recordedOptions()
  const names = options.map(({ option }) => option.slice(2))
  expect(names).toHaveLength(245)
  expect(names.filter((name) => catalogue.find(name) === undefined)).toEqual([])
})

test('the command line wins over the environment, the environment over the file, the file over the default', () => {
  const file = 'http-port=1\nhttps-port=2\nhttp-management-port=3 \n# hostname=x\n'
  const environment = { KC_HTTP_PORT: '4', KC_HTTPS_PORT: '5' }
  const { values } = load(['start', '--http-port=6'], environment, file)
  expect(values.integer('http-port')).toBe(6)
  expect(values.integer('https-port')).toBe(5)
  expect(values.integer('http-management-port')).toBe(3)
  expect(values.text('hostname')).toBeUndefined()
  expect(values.text('shutdown-delay')).toBe('1s')
})

test('values of the file may refer to the environment', () => {
  const file = `db-username=\${DB_USER}\ndb-schema=\${DB_SCHEMA:public}\n`
  const { values } = load(['start'], { DB_USER: 'alice' }, file)
  expect(values.text('db-username')).toBe('alice')
  expect(values.text('db-schema')).toBe('public')
})

test('start-dev has defaults of its own', () => {
  const settings = (command: string) => serverSettings(load([command, '--db-url=postgres://db/x']))
  expect(settings('start-dev').http.enabled).toBe(true)
  expect(settings('start-dev').workers).toBe(1)
  expect(settings('start').http.enabled).toBe(false)
  expect(settings('start').values.text('cache')).toBe('ispn')
  expect(settings('start-dev').values.text('cache')).toBe('local')
})

test('requests are bounded unless set otherwise, unlike those of Keycloak', () => {
  const requestsMax = (...options: string[]) =>
    serverSettings(load(['start', '--db-url=postgres://db/x', ...options])).http.requestsMax
  const atWork = requestsMax('--http-max-queued-requests=0')
  expect(atWork).toBeGreaterThanOrEqual(50)
  expect(requestsMax()).toBe(atWork + 2_000)
  expect(requestsMax('--http-max-queued-requests=5', '--http-pool-max-threads=2')).toBe(7)
  const recorded = recordedOptions().options.find(
    ({ option }) => option === '--http-max-queued-requests',
  )
  expect(recorded).toMatchObject({ default: null })
})

test('an unknown variable and an option without effect are warnings', () => {
  const environment = { KC_SERVICE_PORT_8080: 'tcp://10.0.0.1', KC_SERVER_ASYNC_BOOTSTRAP: 'true' }
  const { warnings } = load(['start'], environment).values
  expect(warnings).toEqual([
    'The environment variable KC_SERVICE_PORT_8080 is no setting and has no effect',
    expect.stringMatching(
      /^The option --server-async-bootstrap \(KC_SERVER_ASYNC_BOOTSTRAP\) has no effect: a start takes/,
    ),
  ])
})

test.each([
  [
    ['start', '--http-port=abc'],
    `Invalid value for option '--http-port': Expected an integer value, got "abc"`,
  ],
  [
    ['start', '--http-port=70000'],
    `Invalid value for option '--http-port': Expected at most 65535, got 70000`,
  ],
  [
    ['start', '--proxy-headers=nope'],
    `Invalid value for option '--proxy-headers': nope. Expected values are: forwarded, xforwarded`,
  ],
  [
    ['start', '--http-enabled=yes'],
    `Invalid value for option '--http-enabled': yes. Expected values are: true, false`,
  ],
  [
    ['start', '--shutdown-delay=soon'],
    `Invalid value for option '--shutdown-delay': Expected a duration such as 10s, 5m or PT1M, got "soon"`,
  ],
  [['start', '--nope=1'], "Unknown option: '--nope'"],
  [['start', '--http-port'], "Option '--http-port' (port) expects a single value."],
  [['nope'], "Unknown option: 'nope'"],
])('%j is refused with one line', (args, message) => {
  expect(() => load(args)).toThrow(message)
  expect(() => load(args)).toThrow(SettingError)
})

test.each([
  [
    ['--log-level=nope'],
    "Invalid log category format: nope. The format is 'category:level' such as 'org.keycloak:debug'.",
  ],
  [
    ['--db=mysql'],
    "Invalid value for option '--db': mysql is not supported. Use postgres, or leave it out for the embedded database.",
  ],
  [
    ['--db-url=mysql://x'],
    "Invalid value for option '--db-url': Expected postgres://host:port/database or jdbc:postgresql://host:port,host:port/database",
  ],
  [
    ['--hostname=http://'],
    "Invalid value for option '--hostname': http://. Expected a host name or a full URL such as https://login.example.com",
  ],
  [
    ['--encryption-key=short'],
    "Invalid value for option '--encryption-key': Expected 32 bytes as base64 or hex (make one with: openssl rand -base64 32)",
  ],
])('%j is refused when it is used', (options, message) => {
  expect(() => serverSettings(load(['start', ...options]))).toThrow(new SettingError(message))
})

test('a value may follow its option', () => {
  expect(load(['start', '--http-port', '81']).values.integer('http-port')).toBe(81)
})

test('levels of categories come in both forms', () => {
  const environment = { KC_LOG_LEVEL_ORG_KEYCLOAK: 'trace' }
  const { log } = serverSettings(
    load(['start', '--log-level=warn,org.infinispan:debug'], environment),
  )
  expect(log.root).toBe('warn')
  expect(Object.fromEntries(log.categories)).toEqual({
    'org.infinispan': 'debug',
    'org.keycloak': 'trace',
  })
})

test('system properties are read from the command line and from JAVA_OPTS_APPEND', () => {
  const environment = { JAVA_OPTS_APPEND: `-Djgroups.dns.query="a.b" -Xmx1g -Dx='1 2'` }
  const { values } = load(['start', '-Djgroups.bind.port=1', '-Dkc.http-port=9'], environment)
  expect(values.properties.get('jgroups.dns.query')).toBe('a.b')
  expect(values.properties.get('jgroups.bind.port')).toBe('1')
  expect(values.properties.get('x')).toBe('1 2')
  expect(values.integer('http-port')).toBe(9)
})

test('a variable can say beside it which option it means', () => {
  const { values } = load(['start'], {
    KC_ONE: 'info',
    KCKEY_ONE: 'spi-events-listener--jboss-logging--success-level',
    KC_TWO: 'warn',
    KCKEY_TWO: 'log-level-org.keycloak',
    KC_THREE: 'x',
    KCKEY_THREE: 'of-nobody',
  })
  expect(values.explicit('spi-events-listener--jboss-logging--success-level')).toBe('info')
  expect(values.explicit('log-level-org.keycloak')).toBe('warn')
  expect(values.warnings).toEqual([
    'The option of-nobody of the environment is not known and has no effect',
  ])
})

test('the database is named by a URL in either form, or by its parts', () => {
  const database = (...options: string[]) => {
    const choice = serverSettings(load(['start', ...options])).database
    return choice.kind === 'outside' ? choice.settings : undefined
  }
  expect(database()).toBeUndefined()
  const expected = { host: 'db.test', port: 6432, database: 'kc', user: 'u', password: 'p@' }
  expect(database('--db-url=postgres://u:p%40@db.test:6432/kc')).toMatchObject(expected)
  const jdbc = 'jdbc:postgresql://db.test:6432/kc?sslmode=require&currentSchema=s'
  expect(database(`--db-url=${jdbc}`, '--db-username=u', '--db-password=p@')).toMatchObject({
    ...expected,
    schema: 's',
    tls: { rejectUnauthorized: false },
  })
  const parts = [
    '--db=postgres',
    '--db-url-host=db.test',
    '--db-url-port=6432',
    '--db-url-database=kc',
  ]
  expect(database(...parts, '--db-username=u', '--db-password=p@')).toMatchObject(expected)
})

test.each([
  ['10s', 10_000],
  ['500ms', 500],
  ['5m', 300_000],
  ['2', 2_000],
  ['PT1M30S', 90_000],
  ['P1D', 86_400_000],
  ['soon', undefined],
])('the duration %s is %s ms', (text, expected) => {
  expect(parseDurationMs(text)).toBe(expected)
})

test('settings may be secrets of a store, which the file wins over', () => {
  const store = join(import.meta.dirname, '../../tests/platform/config-keystore.p12')
  const keystore = { KC_CONFIG_KEYSTORE: store, KC_CONFIG_KEYSTORE_PASSWORD: 'changeit' }
  expect(load(['start'], keystore).values.text('db-password')).toBe('second')
  expect(load(['start'], keystore, 'db-password=first').values.text('db-password')).toBe('first')
  const wrong = { ...keystore, KC_CONFIG_KEYSTORE_PASSWORD: 'wrong' }
  expect(() => load(['start'], wrong)).toThrow(/config-keystore.*the password is wrong/)
  expect(() => load(['start', `--config-keystore=${store}`])).toThrow(/password must be specified/)
})
