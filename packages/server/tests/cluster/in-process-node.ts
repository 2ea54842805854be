import type { ClusterSettings } from '../../dist/clustering/cluster-settings.js'
import { Clustering } from '../../dist/clustering/clustering.js'
import { databaseDefaults } from '../../dist/database/database-settings.js'
import { plainSecretBox } from '../../dist/database/plain-secret-box.js'
import { PostgresDatabase } from '../../dist/database/postgres-database.js'
import type { SecretBox } from '../../dist/database/secret-box.js'
import { Loggers } from '../../dist/log/loggers.js'
import { systemClock } from '../../dist/shared/clock.js'

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
  const loggers = new Loggers({ root: 'off', categories: new Map() }, [])
  const database = new PostgresDatabase({ settings: databaseSettings, logger: loggers.of('test') })
  const settings: ClusterSettings = {
    cluster: 'in-process',
    nodeName: 'node',
    route: undefined,
    network: null,
    site: null,
    rack: null,
    machine: null,
    caches: [],
    sessionCopies: false,
    histograms: false,
    warnings: [],
    ...options.settings,
  }
  const clustering = await Clustering.start({
    settings,
    databaseSettings,
    databaseWatch: { failed: () => undefined, answered: () => undefined },
    database,
    secretBox: options.secretBox ?? plainSecretBox,
    loggers,
    clock: systemClock,
    version: '0',
    ...(options.worker === undefined ? {} : { worker: options.worker }),
  })
  clustering.jobs.begin()
  return {
    database,
    clustering,
    async [Symbol.asyncDispose]() {
      await clustering[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
