import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { clusterSettings } from '../clustering/cluster-settings.ts'
import { remoteStoreSettings } from './remote-store-choice.ts'
import { type ServerSettings, serverSettings } from './server-settings.ts'
import { loadConfiguration } from './sources.ts'
import { trustedPeers } from './trusted-peers.ts'

const home = mkdtempSync(join(tmpdir(), 'holdfast-settings-'))
const pem = join(home, 'own.pem')
const store = join(home, 'own.p12')
mkdirSync(join(home, 'conf'))
execFileSync(
  'openssl',
  [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-subj', '/CN=own', '-days', '2', '-keyout', join(home, 'own.key'), '-out', pem],
  ],
  { stdio: 'ignore' },
)
execFileSync('openssl', [
  ...['pkcs12', '-export', '-in', pem, '-inkey', join(home, 'own.key'), '-out', store],
  ...['-passout', 'pass:in'],
])
copyFileSync(store, join(home, 'conf', 'trust.p12'))
writeFileSync(join(home, 'encryption.key'), Buffer.alloc(32, 7).toString('base64'))

afterAll(() => rmSync(home, { recursive: true, force: true }))

function configured(options: readonly string[]): ServerSettings {
  const args = ['start', '--db-url=postgres://db/x', ...options]
  return serverSettings(loadConfiguration(args, { KC_HOME_DIR: home }))
}

type Row = readonly [
  options: readonly string[],
  taken: (settings: ServerSettings) => unknown,
  value: unknown,
]

const outside = ({ database }: ServerSettings) => database.settings

/** What each option that no test of a running server names is to the part that takes it. */
const rows: readonly Row[] = [
  [['--db-connect-timeout=7s'], (s) => outside(s).connectTimeoutMs, 7_000],
  [['--db-log-slow-queries-threshold=25'], (s) => outside(s).slowStatementMs, 25],
  [['--db-pool-min-size=3'], (s) => outside(s).poolMin, 3],
  [['--db-pool-max-lifetime=2m'], (s) => outside(s).connectionLifetimeMsMax, 120_000],
  [['--transaction-default-timeout=9s'], (s) => outside(s).transactionTimeoutMs, 9_000],
  [['--transaction-setup-timeout=10s'], (s) => s.setupTimeoutMs, 10_000],
  [['--hostname-admin=https://admin.test'], (s) => s.http.hostname.admin, 'https://admin.test'],
  [['--hostname-backchannel-dynamic=true'], (s) => s.http.hostname.backchannelDynamic, true],
  [['--http-accept-non-normalized-paths=true'], (s) => s.http.acceptNonNormalizedPaths, true],
  [['--http-host=127.0.0.9'], (s) => s.http.host, '127.0.0.9'],
  [['--http-max-connections-per-address=7'], (s) => s.http.connectionsPerAddressMax, 7],
  [['--http-metrics-histograms-enabled=true'], (s) => s.management.histograms, true],
  [['--http-management-host=127.0.0.8'], (s) => s.management.host, '127.0.0.8'],
  [
    ['--health-enabled=true', '--http-management-health-enabled=false'],
    (s) => s.management.onMain.health,
    true,
  ],
  [['--shutdown-timeout=4s'], (s) => s.shutdownTimeoutMs, 4_000],
  [[`--encryption-key-file=${join(home, 'encryption.key')}`], (s) => s.encryptionKeys[0]?.[0], 7],
  [['--fips-mode=strict'], (s) => s.values.text('fips-mode'), 'strict'],
  [
    ['--event-metrics-user-events=login'],
    (s) => s.values.list('event-metrics-user-events'),
    ['login'],
  ],
  [
    ['--tls-hostname-verifier=ANY'],
    (s) => s.trusted.checkServerIdentity?.('other.test', {} as never),
    undefined,
  ],
  ...accessLog(),
  ...management(),
  ...logs(),
]

function accessLog(): Row[] {
  const options = ['--http-access-log-enabled=true', '--http-access-log-file-enabled=true']
  const withOwn = (...own: string[]) => [...options, ...own]
  return [
    [withOwn('--http-access-log-file-rotate=false'), (s) => s.accessLog?.file?.rotates, false],
    [
      withOwn('--http-access-log-file-suffix=.txt'),
      (s) => s.accessLog?.file?.file.endsWith('.txt'),
      true,
    ],
    [withOwn('--http-access-log-masked-cookies=c'), (s) => s.accessLog?.maskedCookies, ['c']],
    [withOwn('--http-access-log-masked-headers=h'), (s) => s.accessLog?.maskedHeaders, ['h']],
  ]
}

function management(): Row[] {
  const keys = [
    `--https-management-key-store-file=${store}`,
    '--https-management-key-store-password=in',
  ]
  const tls = (s: ServerSettings) => s.management.tls
  return [
    [
      [...keys, '--https-management-certificates-reload-period=5s'],
      (s) => tls(s)?.reloadPeriodMs,
      5_000,
    ],
    [
      [...keys, '--https-management-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
      (s) => tls(s)?.cipherSuites,
      'ECDHE-ECDSA-AES128-GCM-SHA256',
    ],
    [[...keys, '--https-management-client-auth=required'], (s) => tls(s)?.clientAuth, 'required'],
    [
      [
        ...keys,
        `--https-management-trust-store-file=${store}`,
        '--https-management-trust-store-password=in',
        '--https-management-trust-store-type=PKCS12',
      ],
      (s) => tls(s)?.trustStore,
      { file: store, password: 'in' },
    ],
    [
      ['--vault=keystore', '--vault-file=own.p12', '--vault-pass=in', '--vault-type=PKCS12'],
      (s) => s.vault,
      { kind: 'keystore', file: store, password: 'in', resolvers: ['REALM_UNDERSCORE_KEY'] },
    ],
  ]
}

function logs(): Row[] {
  const all = '--log=console,file,syslog'
  const traced = [all, '--tracing-enabled=true']
  const said = [all, '--log-mdc-enabled=true']
  const queue = ({ log }: ServerSettings) =>
    [log.console, log.file, log.syslog].map((handler) => handler?.queueLength)
  const shows =
    (text: string) =>
    ({ log }: ServerSettings) =>
      [log.console, log.file, log.syslog].map((handler) => handler?.pattern.includes(text))
  return [
    [
      [all, '--log-console-async=true', '--log-console-async-queue-length=3'],
      queue,
      [3, undefined, undefined],
    ],
    [
      [all, '--log-file-async=true', '--log-file-async-queue-length=4'],
      queue,
      [undefined, 4, undefined],
    ],
    [
      [all, '--log-syslog-async=true', '--log-syslog-async-queue-length=5'],
      queue,
      [undefined, undefined, 5],
    ],
    [[...traced, '--log-console-include-trace=false'], shows('traceId'), [false, true, true]],
    [[...traced, '--log-file-include-trace=false'], shows('traceId'), [true, false, true]],
    [[...traced, '--log-syslog-include-trace=false'], shows('traceId'), [true, true, false]],
    [[...said, '--log-console-include-mdc=false'], shows('%X'), [false, true, true]],
    [[...said, '--log-file-include-mdc=false'], shows('%X'), [true, false, true]],
    [[...said, '--log-syslog-include-mdc=false'], shows('%X'), [true, true, false]],
    [[all, '--log-async=true'], (s) => s.log.console?.queueLength, 512],
    [['--log-console-color=true'], (s) => s.log.console?.color, true],
    [
      ['--log-console-output=json', '--log-console-json-format=ecs'],
      (s) => s.log.console?.output,
      'ecs',
    ],
    [[all, '--log-file-format=%m'], (s) => s.log.file?.pattern, '%m'],
    [[all, '--log-file-level=error'], (s) => s.log.file?.level, 'error'],
    [[all, '--log-file-rotation-enabled=false'], (s) => s.log.file?.rotation, undefined],
    [[all, '--log-file-rotation-file-suffix=.yyyy'], (s) => s.log.file?.rotation?.suffix, '.yyyy'],
    [[all, '--log-file-rotation-max-backup-index=9'], (s) => s.log.file?.rotation?.backups, 9],
    [[all, '--log-file-rotation-rotate-on-boot=false'], (s) => s.log.file?.rotation?.onBoot, false],
    [['--log-service-environment=test'], (s) => s.log.serviceEnvironment, 'test'],
    [['--log-service-name=login'], (s) => s.log.serviceName, 'login'],
    [[all, '--log-syslog-counting-framing=false'], (s) => s.log.syslog?.countingFraming, false],
    [[all, '--log-syslog-format=%m'], (s) => s.log.syslog?.pattern, '%m'],
    [[all, '--log-syslog-max-length=3K'], (s) => s.log.syslog?.bytesMax, 3_072],
    [
      [all, '--log-syslog-output=json', '--log-syslog-json-format=ecs'],
      (s) => s.log.syslog?.output,
      'ecs',
    ],
    [[all, '--log-syslog-type=rfc3164'], (s) => s.log.syslog?.type, 'rfc3164'],
    [
      ['--tracing-enabled=true', '--tracing-sampler-ratio=0.25'],
      (s) => s.telemetry.tracing?.ratio,
      0.25,
    ],
    [
      [
        '--tracing-enabled=true',
        '--telemetry-service-name=id',
        '--telemetry-protocol=http/protobuf',
        '--telemetry-header-x=y',
      ],
      (s) => {
        const { serviceName, protocol, headers } = s.telemetry.tracing ?? {}
        return { serviceName, protocol, headers }
      },
      { serviceName: 'id', protocol: 'http/protobuf', headers: { x: 'y' } },
    ],
  ]
}

describe('words of the command line', () => {
  it('are taken by the commands', () => {
    const given = (...words: string[]) =>
      loadConfiguration(['start', ...words], { KC_HOME_DIR: home }).commandLine.options
    for (const word of ['help-all', 'verbose']) {
      expect(given(`--${word}`).has(word), word).toBe(true)
    }
    // There is no build step to skip: scripts may say so.
    expect(() => given('--optimized')).not.toThrow()
  })
})

describe('settings', () => {
  it.each(rows)('%j arrive where they are taken', (options, taken, value) => {
    expect(taken(configured(options))).toEqual(value)
  })

  it('of certificates and bounds of the cluster do too', async () => {
    const options = [
      '--cache-embedded-mtls-key-store-file=../own.p12',
      '--cache-embedded-mtls-key-store-password=in',
      '--cache-embedded-mtls-trust-store-file=trust.p12',
      '--cache-embedded-mtls-trust-store-password=in',
      '--cache-metrics-histograms-enabled=true',
      '--cache-embedded-authorization-max-count=11',
      '--cache-embedded-crl-max-count=12',
      '--cache-embedded-offline-sessions-max-count=13',
      '--cache-embedded-offline-client-sessions-max-count=14',
    ].map((option) =>
      option
        .replace('=../own.p12', `=${store}`)
        .replace('=trust.p12', `=${join(home, 'conf', 'trust.p12')}`),
    )
    const { values } = configured(options)
    const cluster = await clusterSettings(values, home)
    expect(cluster.network?.protection).toMatchObject({
      kind: 'own',
      keyStore: { password: 'in' },
      trustStore: { password: 'in' },
    })
    expect(cluster.histograms).toBe(true)
    const counts = new Map(cluster.caches.map(({ name, maxCount }) => [name as string, maxCount]))
    expect(
      ['authorization', 'crl', 'offlineSessions', 'offlineClientSessions'].map((name) =>
        counts.get(name),
      ),
    ).toEqual([11, 12, 13, 14])
    const rotating = await clusterSettings(
      configured(['--cache-embedded-mtls-rotation-interval-days=3']).values,
      home,
    )
    expect(rotating.network?.protection).toEqual({ kind: 'generated', rotationIntervalDays: 3 })
  })

  it('of a cache file that changes defaults are meant where cache-config-mutate says so', async () => {
    const caches = '<local-cache name="realms"><memory max-count="77"/></local-cache>'
    const file = `<infinispan><cache-container name="keycloak">${caches}</cache-container></infinispan>`
    writeFileSync(join(home, 'conf', 'caches.xml'), file)
    const warnings = async (...options: string[]) => {
      const { values } = configured(['--cache-config-file=caches.xml', ...options])
      return (await clusterSettings(values, home)).warnings.join()
    }
    expect(await warnings()).toContain('changes the default cache "realms"')
    expect(await warnings('--cache-config-mutate=true')).not.toContain('changes the default cache')
  })

  it('of remote stores do too', () => {
    const { values } = configured([])
    const remote = loadConfiguration(
      [
        ...['start', '--cache-remote-host=store', '--cache-remote-type=valkey'],
        ...['--cache-remote-backup-sites=b', '--cache-remote-sentinel-master=main'],
      ],
      { KC_HOME_DIR: home },
    )
    expect(remoteStoreSettings(values, new Set(), {})).toBeUndefined()
    expect(remoteStoreSettings(remote.values, new Set(['MULTI_SITE']), {})).toMatchObject({
      backupSites: ['b'],
      sentinelMaster: 'main',
    })
  })

  it("of the database's certificates do too", () => {
    const { database } = configured([
      '--db-tls-mode=verify-server',
      `--db-tls-trust-store-file=${store}`,
      '--db-tls-trust-store-password=in',
      '--db-tls-trust-store-type=PKCS12',
      `--db-mtls-key-store-file=${store}`,
      '--db-mtls-key-store-password=in',
      '--db-mtls-key-store-type=PKCS12',
    ])
    expect(database.settings.tls).toMatchObject({ passphrase: 'in', rejectUnauthorized: true })
    const parts = ['--db=postgres', '--db-url-host=h', '--db-url-properties=?ApplicationName=own']
    const { values } = loadConfiguration(['start', ...parts], { KC_HOME_DIR: home })
    expect(values.text('db-url-properties')).toBe('?ApplicationName=own')
  })

  it("of Kubernetes' authorities count unless they are switched off", () => {
    const trusted = (...options: string[]) =>
      trustedPeers(configured(options).values, home, [pem]).ca === undefined
    expect(trusted()).toBe(false)
    expect(trusted('--truststore-kubernetes-enabled=false')).toBe(true)
  })

  it('of kinds that only Java reads stop the start', () => {
    for (const name of [
      'https-trust-store-type',
      'https-management-trust-store-type',
      'db-mtls-key-store-type',
    ]) {
      const files = [
        `--https-key-store-file=${store}`,
        '--https-key-store-password=in',
        '--db-tls-mode=verify-server',
      ]
      expect(() => configured([...files, `--${name}=JKS`]), name).toThrow('keytool -importkeystore')
    }
    expect(() =>
      configured([
        '--config-keystore=own.p12',
        '--config-keystore-password=in',
        '--config-keystore-type=JKS',
      ]),
    ).toThrow('JKS')
  })
})
