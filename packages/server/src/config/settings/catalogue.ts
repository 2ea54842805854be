import { accessLogSettings } from './access-log.ts'
import { additionalDatasourcesSettings } from './additional-datasources.ts'
import { bootstrapSettings } from './bootstrap.ts'
import { cacheSettings } from './cache.ts'
import { commandOptionsSettings } from './command-options.ts'
import { configurationSettings } from './configuration.ts'
import { databaseSettings } from './database.ts'
import { eventsSettings } from './events.ts'
import { featuresSettings } from './features.ts'
import { healthSettings } from './health.ts'
import { hostnameSettings } from './hostname.ts'
import { httpSettings } from './http.ts'
import { loggingSettings } from './logging.ts'
import { managementSettings } from './management.ts'
import { metricsSettings } from './metrics.ts'
import { openapiSettings } from './openapi.ts'
import { outgoingSettings } from './outgoing.ts'
import { proxySettings } from './proxy.ts'
import { securitySettings } from './security.ts'
import { serverSettings } from './server.ts'
import type { SettingArea } from './setting.ts'
import { telemetrySettings } from './telemetry.ts'
import { tracingSettings } from './tracing.ts'
import { transactionsSettings } from './transactions.ts'
import { truststoreSettings } from './truststore.ts'
import { vaultSettings } from './vault.ts'

/** Every setting that the server knows, by subject. */
export const settingAreas: readonly SettingArea[] = [
  commandOptionsSettings,
  cacheSettings,
  configurationSettings,
  databaseSettings,
  additionalDatasourcesSettings,
  transactionsSettings,
  featuresSettings,
  hostnameSettings,
  httpSettings,
  accessLogSettings,
  healthSettings,
  managementSettings,
  metricsSettings,
  proxySettings,
  outgoingSettings,
  vaultSettings,
  loggingSettings,
  telemetrySettings,
  tracingSettings,
  eventsSettings,
  truststoreSettings,
  securitySettings,
  openapiSettings,
  serverSettings,
  bootstrapSettings,
]
