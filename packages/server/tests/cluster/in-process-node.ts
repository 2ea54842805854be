import type { ClusterSettings } from '../../src/clustering/cluster-settings.ts'
import { Clustering } from '../../src/clustering/clustering.ts'
import { databaseDefaults } from '../../src/database/database-settings.ts'
import { plainSecretBox } from '../../src/database/plain-secret-box.ts'
import { PostgresDatabase } from '../../src/database/postgres-database.ts'
import type { SecretBox } from '../../src/database/secret-box.ts'
import type { LogSettings } from '../../src/log/log-settings.ts'
import { Loggers } from '../../src/log/loggers.ts'
import { systemClock } from '../../src/shared/clock.ts'

const silence: LogSettings = {
  root: 'off',
  categories: new Map(),
  console: false,
  consoleLevel: 'off',
  json: false,
  serviceName: 'test',
  serviceEnvironment: undefined,
}

/** The clustering of one server inside the test's own process, with a pool of its own. */
export interface InProcessNode extends AsyncDisposable {
  readonly database: PostgresDatabase
  readonly clustering: Clustering
}

export interface InProcessNodeOptions {
  /** PostgreSQL, as the test run's context provides it. */
  readonly postgresUrl: string
  readonly databaseName: string
  readonly settings: Partial<ClusterSettings>
  readonly worker?: { readonly index: number; readonly count: number }
  readonly secretBox?: SecretBox
}

/** Starts clustering as a server does, without HTTP. */
export async function startInProcess(options: InProcessNodeOptions): Promise<InProcessNode> {
  const url = new URL(options.postgresUrl)
  const databaseSettings = {
    ...databaseDefaults,
    host: url.searchParams.get('host') ?? url.hostname,
    port: Number(url.port),
    user: url.username,
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    database: options.databaseName,
    poolMax: 4,
  }
  const loggers = new Loggers(silence)
  const database = new PostgresDatabase({ settings: databaseSettings, logger: loggers.of('test') })
  const settings: ClusterSettings = {
    cluster: 'in-process',
    nodeName: 'node',
    network: null,
    site: null,
    rack: null,
    machine: null,
    caches: [],
    histograms: false,
    warnings: [],
    ...options.settings,
  }
  const clustering = await Clustering.start({
    settings,
    databaseSettings,
    database,
    secretBox: options.secretBox ?? plainSecretBox,
    loggers,
    clock: systemClock,
    version: '0',
    ...(options.worker === undefined ? {} : { worker: options.worker }),
  })
  return {
    database,
    clustering,
    async [Symbol.asyncDispose]() {
      await clustering[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
