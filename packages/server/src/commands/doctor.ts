import { clusterSettings } from '../clustering/cluster-settings.ts'
import type { ServerSettings } from '../config/server-settings.ts'
import type { DatabaseSettings } from '../database/database-settings.ts'
import { PostgresDatabase } from '../database/postgres-database.ts'
import { checkAddresses } from '../doctor/check-addresses.ts'
import { checkCertificate } from '../doctor/check-certificates.ts'
import { checkCluster } from '../doctor/check-cluster.ts'
import { checkHosts, checkPrimary } from '../doctor/check-database.ts'
import { checkMails } from '../doctor/check-mails.ts'
import { memberAddresses } from '../doctor/database-facts-store.ts'
import { type Finding, failed, ok, warning } from '../doctor/finding.ts'
import { OutgoingRequests } from '../http/outgoing-requests.ts'
import { createLoggers } from '../log/create-loggers.ts'
import { systemClock } from '../shared/clock.ts'

const subjectColumns = 12
const marks = { ok: 'ok     ', warning: 'WARNING', failed: 'FAILED ' } as const

/**
 * `doctor`: looks at everything around the server that outages come from, changes nothing, and says one line and one mend of
 * each thing.
 * @returns 0 when nothing has failed, else 1
 */
export async function doctor(
  settings: ServerSettings,
  print: (line: string) => void,
): Promise<number> {
  const findings: Finding[] = []
  const add = (found: readonly Finding[]) => {
    for (const finding of found) {
      findings.push(finding)
      print(lineOf(finding))
    }
  }
  for (const line of settings.values.warnings) add([warning('settings', line, 'take it out')])
  add(await checkData(settings))
  // The operator asks for the server's own addresses.
  const everywhere = { ...settings.outgoing, privateAddresses: 'all' } as const
  add(await checkAddresses(settings, new OutgoingRequests(everywhere)))
  const { http, management } = settings
  const host = hostOf(http.hostname.hostname)
  if (http.tls) add(await checkCertificate('the HTTPS certificate', http.tls, host, systemClock))
  if (management.tls) {
    const name = 'the certificate of the management port'
    add(await checkCertificate(name, management.tls, undefined, systemClock))
  }
  if (settings.encryptionKeys.length === 0) {
    const mend = 'set KC_ENCRYPTION_KEY (openssl rand -base64 32) on every node'
    add([warning('secrets', 'private keys and secrets are stored unencrypted', mend)])
  }
  const count = (outcome: Finding['outcome']) =>
    findings.filter((finding) => finding.outcome === outcome).length
  print(`${count('failed')} failed, ${count('warning')} warnings, ${count('ok')} ok`)
  return count('failed') > 0 ? 1 : 0
}

function lineOf({ outcome, subject, text, mend }: Finding): string {
  const line = `${marks[outcome]} ${subject.padEnd(subjectColumns)} ${text}`
  return mend === undefined
    ? line
    : `${line}\n${' '.repeat(marks.ok.length + subjectColumns + 2)}→ ${mend}`
}

function hostOf(hostname: string | undefined): string | undefined {
  if (hostname === undefined) return undefined
  return /^https?:/i.test(hostname) ? new URL(hostname).hostname : hostname
}

async function checkData(settings: ServerSettings): Promise<Finding[]> {
  const place = await databasePlace(settings)
  if (place === undefined) {
    return [ok('database', 'the one that comes with the server is started with it')]
  }
  const hosts = await checkHosts(place)
  if (!hosts.some(({ text }) => text.includes('is a primary'))) {
    const alone = hosts.some(({ outcome }) => outcome === 'failed')
    const mend = 'let Patroni or an operator promote a standby'
    return alone ? hosts : [...hosts, failed('database', 'none of the hosts is a primary', mend)]
  }
  const logger = createLoggers(
    { ...settings.log, root: 'off', categories: new Map() },
    { version: () => '' },
  ).of('org.keycloak.doctor')
  await using database = new PostgresDatabase({ settings: { ...place, poolMax: 2 }, logger })
  const cluster = await clusterSettings(settings.values, settings.home)
  const members = await memberAddresses(database, cluster.cluster)
  const counted = members.length > 0 ? members.length : settings.workers
  return [
    ...hosts,
    ...(await checkPrimary({ database, settings: place, clock: systemClock, members: counted })),
    ...(await checkCluster(cluster, members)),
    ...(await checkMails(database)),
  ]
}

/** @returns undefined for the embedded database when no server runs on it */
async function databasePlace({
  database,
  dataDir,
  log,
}: ServerSettings): Promise<DatabaseSettings | undefined> {
  if (database.kind === 'outside') return database.settings
  const { EmbeddedPostgres } = await import('../database/embedded/embedded-postgres.ts')
  const silent = createLoggers(
    { ...log, root: 'off', categories: new Map() },
    { version: () => '' },
  )
  const held = await EmbeddedPostgres.addressOfRunning(dataDir, silent.of('org.keycloak.database'))
  return held === undefined ? undefined : { ...database.settings, ...held }
}
