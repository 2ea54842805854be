import { databaseTimeMs } from '../clustering/clock-skew-store.ts'
import { connectionShortage } from '../clustering/connection-budget.ts'
import { connectionsAllowed } from '../clustering/connection-budget-store.ts'
import { DatabaseConnection } from '../database/connection.ts'
import type { Queryable } from '../database/database.ts'
import type { DatabaseHost, DatabaseSettings } from '../database/database-settings.ts'
import { migrations } from '../database/migrations/index.ts'
import type { Clock } from '../shared/clock.ts'
import { appliedMigrations, databaseFacts } from './database-facts-store.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

const subject = 'database'
/** Beyond this, times in the log and in tokens of different machines mislead; beyond the second, tokens are refused. */
const skewMsWorthSaying = 1_000
const skewMsMax = 5_000

/** Looks at every host that is named. @returns one line for each, and a warning of those that are standbys */
export async function checkHosts(settings: DatabaseSettings): Promise<Finding[]> {
  const places: DatabaseHost[] = [
    { host: settings.host, port: settings.port },
    ...settings.otherHosts,
  ]
  return await Promise.all(places.map(async (place) => await checkHost(settings, place)))
}

async function checkHost(settings: DatabaseSettings, place: DatabaseHost): Promise<Finding> {
  const name = `${place.host}:${place.port}`
  try {
    const connection = await DatabaseConnection.open({ ...settings, ...place, otherHosts: [] })
    await connection.close()
    return ok(subject, `${name} is a primary${settings.tls === false ? '' : ', reached by TLS'}`)
  } catch (error) {
    const { message } = error as Error
    if (message.endsWith('is a standby')) {
      const alone = settings.otherHosts.length === 0
      return alone
        ? failed(
            subject,
            `${name} is a standby`,
            'name the primary in KC_DB_URL, or all hosts with commas between them',
          )
        : ok(subject, `${name} is a standby, and passed over`)
    }
    return failed(subject, `${name}: ${message}`, mendOf(message))
  }
}

function mendOf(message: string): string {
  if (/password|authentication|role/i.test(message)) {
    return 'check KC_DB_USERNAME and KC_DB_PASSWORD, and pg_hba.conf of PostgreSQL'
  }
  if (/does not exist/i.test(message)) return 'create the database, or check KC_DB_URL_DATABASE'
  if (/certificate|SSL|TLS|self.signed/i.test(message)) {
    return 'check KC_DB_TLS_MODE and KC_DB_TLS_TRUST_STORE_FILE'
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return 'check the host name in KC_DB_URL, and DNS'
  return 'check KC_DB_URL, that PostgreSQL runs there, and the firewall between'
}

export interface DatabaseChecks {
  readonly database: Queryable
  readonly settings: DatabaseSettings
  readonly clock: Clock
  /** Members that are there, or this node alone where there are none. */
  readonly members: number
}

/** Looks at the primary: durability, connections, clock, schema. */
export async function checkPrimary(checks: DatabaseChecks): Promise<Finding[]> {
  const { database } = checks
  const facts = await databaseFacts(database)
  return [
    durability(facts),
    await connections(checks, facts.connectionsUsed),
    await clockSkew(checks),
    await schema(database),
  ]
}

function durability(facts: Awaited<ReturnType<typeof databaseFacts>>): Finding {
  const { version, synchronousCommit, synchronousNames, standbys, synchronousStandbys } = facts
  const of = `PostgreSQL ${version}`
  if (synchronousCommit === 'off') {
    return warning(
      subject,
      `${of} confirms commits before they are on disk`,
      'set synchronous_commit = on',
    )
  }
  if (synchronousStandbys > 0) {
    return ok(subject, `${of}, ${synchronousStandbys} of ${standbys} standbys are synchronous`)
  }
  if (synchronousNames !== '') {
    return failed(
      subject,
      `${of} waits for a synchronous standby (${synchronousNames}) that is not connected: commits hang`,
      'start the standby, or empty synchronous_standby_names',
    )
  }
  if (standbys > 0) {
    return warning(
      subject,
      `${of} has ${standbys} standbys, none synchronous: a failover may lose the last seconds`,
      'name one in synchronous_standby_names (Patroni: synchronous_mode: true)',
    )
  }
  return warning(
    subject,
    `${of} has no standby: it is the only place where everything is`,
    'for high availability add a synchronous standby',
  )
}

async function connections(
  { database, settings, members }: DatabaseChecks,
  used: number,
): Promise<Finding> {
  const allowed = await connectionsAllowed(database)
  const shortage = connectionShortage({ members, poolMax: settings.poolMax, allowed })
  if (shortage === undefined) {
    return ok(subject, `${used} of ${allowed} connections are used; ${members} members fit in`)
  }
  const [text = '', mend = ''] = shortage.split('. ', 2)
  return warning(subject, text, mend)
}

async function clockSkew({ database, clock }: DatabaseChecks): Promise<Finding> {
  const before = clock.now()
  const theirs = await databaseTimeMs(database)
  const skewMs = Math.round(Math.abs(theirs - (before + clock.now()) / 2))
  const mend = 'let chrony or ntpd set the clocks of both machines'
  if (skewMs > skewMsMax) return failed('clock', `the database's clock is ${skewMs} ms away`, mend)
  if (skewMs > skewMsWorthSaying) {
    return warning('clock', `the database's clock is ${skewMs} ms away`, mend)
  }
  return ok('clock', `the database's clock is ${skewMs} ms away`)
}

async function schema(database: Queryable): Promise<Finding> {
  const applied = await appliedMigrations(database)
  const newest = migrations.at(-1)?.version ?? 0
  if (applied === undefined) return ok('schema', 'there is none yet: the first start makes it')
  const pending = migrations.filter(({ version }) => !applied.includes(version)).length
  const beyond = applied.filter((version) => version > newest).length
  if (beyond > 0) {
    return warning(
      'schema',
      `it is newer than this build by ${beyond} steps`,
      'start the newer build',
    )
  }
  if (pending > 0) return ok('schema', `${pending} steps are to be done: the next start does them`)
  return ok('schema', `it is this build's (version ${newest})`)
}
