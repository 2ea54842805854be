import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { composeDomains, type Domains } from './compose-domains.ts'
import { composePages } from './compose-pages.ts'
import type { ServerSettings } from './config/server-settings.ts'
import { awaitDatabase } from './database/await-database.ts'
import type { DatabaseSettings } from './database/database-settings.ts'
import { migrations } from './database/migrations/index.ts'
import { migrate } from './database/migrator-store.ts'
import { PostgresDatabase } from './database/postgres-database.ts'
import { HttpServers } from './http/http-servers.ts'
import { createListener } from './http/listener.ts'
import { ServerUrls } from './http/server-urls.ts'
import { jsonFormat, plainFormat } from './log/line-format.ts'
import { Loggers } from './log/loggers.ts'
import { type Clock, systemClock } from './shared/clock.ts'
import { DisposalStack } from './shared/disposal-stack.ts'

/** What every layer may ask for; constructors name the part that they need in a `Deps` type of their own. */
export interface Foundation {
  readonly settings: ServerSettings
  readonly loggers: Loggers
  readonly clock: Clock
  readonly database: PostgresDatabase
  readonly urls: ServerUrls
  /** What `/metrics` shows. */
  readonly metrics: Registry
}

/**
 * Starts everything in order — database, clustering, domains, protocols, http — serves until `signal` is aborted, and ends
 * everything in reverse.
 */
export async function runServer(settings: ServerSettings, signal: AbortSignal): Promise<void> {
  const start = performance.now()
  const loggers = new Loggers(
    settings.log,
    process.stdout,
    settings.log.json ? jsonFormat(settings.log) : plainFormat,
  )
  const logger = loggers.of('org.keycloak.holdfast')
  await using running = new DisposalStack()
  for (const line of settings.values.warnings) logger.warn(line)

  const databaseSettings = await locateDatabase(settings, loggers, running)
  const database = running.use(
    new PostgresDatabase({
      settings: databaseSettings,
      logger: loggers.of('org.keycloak.database'),
    }),
  )
  await awaitDatabase(database, logger, signal)
  await migrate({
    database,
    migrations,
    schema: databaseSettings.schema,
    logger: loggers.of('org.keycloak.database'),
    deadlineMs: settings.setupTimeoutMs,
  })

  const foundation: Foundation = {
    settings,
    loggers,
    clock: systemClock,
    database,
    urls: new ServerUrls(settings.http),
    metrics: new Registry(),
  }
  const app = createListener({ settings: settings.http, logger })
  const domains = await composeDomains(foundation)
  running.defer(async () => await domains.events.close())
  await registerProtocols(app, foundation, domains)

  const servers = new HttpServers({ settings: settings.http, app })
  running.defer(async () => await servers.close(settings.shutdownTimeoutMs))
  const urls = await servers.listen()
  const seconds = ((performance.now() - start) / 1000).toFixed(3)
  logger.info(`Holdfast started in ${seconds}s. Listening on: ${urls.join(' and ')}.`)
  await aborted(signal)
}

/** An outside database as it is named, or the embedded one, which is started first and stopped last. */
async function locateDatabase(
  { database, dataDir }: ServerSettings,
  loggers: Loggers,
  running: DisposalStack,
): Promise<DatabaseSettings> {
  if (database.kind === 'outside') return database.settings
  const { EmbeddedPostgres } = await import('./database/embedded/embedded-postgres.ts')
  const logger = loggers.of('org.keycloak.database')
  const postgres = running.use(await EmbeddedPostgres.start(dataDir, logger))
  return { ...database.settings, ...postgres.address }
}

/** Registers every endpoint. */
async function registerProtocols(
  app: FastifyInstance,
  foundation: Foundation,
  domains: Domains,
): Promise<void> {
  const { urls, settings } = foundation
  const { relativePath } = settings.http
  const { firstAdministrator } = domains
  await composePages(app, { urls, relativePath, firstAdministrator })
  // registerXxx(app, deps) of every protocol goes here.
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
