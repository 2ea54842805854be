import { join } from 'node:path'
import type { Registry } from 'prom-client'
import { composeEvents } from './compose-events.ts'
import type { ServerSettings } from './config/server-settings.ts'
import { processEnvironment } from './config/sources.ts'
import { passThroughCache } from './database/pass-through-cache.ts'
import type { PostgresDatabase } from './database/postgres-database.ts'
import type { SecretBox } from './database/secret-box.ts'
import { Credentials } from './domains/credentials/credentials.ts'
import type { Events } from './domains/events/events.ts'
import { prepareRealms } from './first-start.ts'
import type { Loggers } from './log/loggers.ts'
import { composeRealmData, composeTransfer, type RealmData, type Transfer } from './realm-data.ts'
import type { Clock } from './shared/clock.ts'

/** All domains, built bottom up; a domain receives the verbs of lower ones. */
export interface Domains extends RealmData, Transfer {
  readonly events: Events
  readonly credentials: Credentials
}

/** What domains are built on. */
export interface DomainsDeps {
  readonly settings: ServerSettings
  readonly loggers: Loggers
  readonly clock: Clock
  readonly database: PostgresDatabase
  readonly metrics: Registry
}

const plainSecrets: SecretBox = { seal: (plain) => plain, open: (stored) => stored }

/** Builds the domains: events < realms < keys < roles < groups < users < clients < credentials < sessions < flows < tokens < transfer. */
export async function composeDomains(deps: DomainsDeps): Promise<Domains> {
  const { settings, loggers, clock, database, metrics } = deps
  const data = composeRealmData({
    database,
    secretBox: plainSecrets,
    caches: { of: () => passThroughCache(database) },
  })
  const events = composeEvents({
    database,
    clock,
    loggers,
    metrics,
    values: settings.values,
    realms: data.realms,
  })
  const credentials = new Credentials({
    database,
    users: data.users,
    clock,
    blacklistDirectory: join(settings.dataDir, 'password-blacklists'),
  })
  const environment = processEnvironment()
  const transfer = composeTransfer({
    database,
    clock,
    data,
    credentials,
    placeholders: (name) => environment[name],
  })
  await prepareRealms({
    data,
    transfer,
    logger: loggers.of('org.keycloak.services'),
    dataDir: settings.dataDir,
    importRealms: settings.importRealms,
    bootstrap: settings.bootstrap,
  })
  return { ...data, events, credentials, ...transfer }
}
