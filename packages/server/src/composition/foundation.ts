import type { Registry } from 'prom-client'
import type { ServerSettings } from '../config/server-settings.ts'
import type { WorkerSlot } from '../config/sources.ts'
import type { DatabaseSettings } from '../database/database-settings.ts'
import type { Outage } from '../database/outage.ts'
import type { DatabaseWatch, PostgresDatabase } from '../database/postgres-database.ts'
import type { SecretBox } from '../database/secret-box.ts'
import type { ClientCertificates } from '../http/client-certificates/client-certificates.ts'
import type { HealthChecks } from '../http/management/health-checks.ts'
import type { ServerUrls } from '../http/server-urls.ts'
import type { Loggers } from '../log/loggers.ts'
import type { Clock } from '../shared/clock.ts'
import type { Vault } from '../vault/vault.ts'

/** What the composition of every layer may draw on; each class names the part that it needs in a `Deps` type of its own. */
export interface Foundation {
  readonly settings: ServerSettings
  readonly loggers: Loggers
  readonly clock: Clock
  readonly database: PostgresDatabase
  /** Tells of a database that is away; whoever meets it leaves the log to it. */
  readonly outage: Outage
  /** For parts that keep connections of their own. */
  readonly databaseWatch: DatabaseWatch
  /** Where the database is, for parts that keep connections of their own. */
  readonly databaseSettings: DatabaseSettings
  readonly secretBox: SecretBox
  readonly urls: ServerUrls
  readonly vault: Vault
  readonly clientCertificates: ClientCertificates
  readonly health: HealthChecks
  /** Metrics of this process; register under Keycloak's names. */
  readonly metrics: Registry
  /** Which worker of this machine it is, from 0, and how many there are; absent for a process on its own. */
  readonly worker?: WorkerSlot
}
