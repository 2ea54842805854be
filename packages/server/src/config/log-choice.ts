import { resolve } from 'node:path'
import {
  type ConsoleSettings,
  type FileSettings,
  type HandlerSettings,
  type LogLevel,
  type LogSettings,
  logLevels,
  type RotationSettings,
  type SyslogSettings,
} from '../log/log-settings.ts'
import { defaultPattern } from '../log/pattern-format.ts'
import { SettingError } from './setting-error.ts'
import { parseList, parseMemorySize } from './setting-syntax.ts'
import type { SettingValues } from './setting-values.ts'
import type { TrustedPeers } from './trusted-peers.ts'

const fileName = 'keycloak.log'
/** What Keycloak writes into its own pattern where lines name their request … */
const contextInPattern = '%X '
/** … or their trace. */
const traceInPattern =
  'traceId=%X{traceId}, parentId=%X{parentId}, spanId=%X{spanId}, sampled=%X{sampled} '
const queueLengthDefault = 512

/** Where this process is, as far as log files are concerned. */
export interface LogPlaces {
  readonly home: string
  readonly dataDir: string
  /** Whether the standard output is a terminal that shows colours. */
  readonly colours: boolean
}

/** @throws SettingError on a level, category, size or address that cannot be read */
export function logSettings(
  values: SettingValues,
  places: LogPlaces,
  trusted: TrustedPeers,
  features: ReadonlySet<string>,
): LogSettings {
  const says = features.has('LOG_MDC') && values.flag('log-mdc-enabled')
  const named = values.list('log')
  const handlers = named.length === 0 ? ['console'] : named
  return {
    ...levels(values),
    ...(handlers.includes('console') ? { console: consoleSettings(values, places) } : {}),
    ...(handlers.includes('file') ? { file: fileSettings(values, places) } : {}),
    ...(handlers.includes('syslog') ? { syslog: syslogSettings(values, trusted) } : {}),
    contextKeys: says ? new Set(values.list('log-mdc-keys')) : undefined,
    serviceName: values.text('log-service-name') ?? 'keycloak',
    serviceEnvironment: values.text('log-service-environment'),
  }
}

function levels(values: SettingValues): Pick<LogSettings, 'root' | 'categories'> {
  const categories = new Map<string, LogLevel>()
  let root: LogLevel = 'info'
  for (const entry of parseList(values.text('log-level') ?? 'info')) {
    const colon = entry.lastIndexOf(':')
    if (colon < 0) root = levelOf(entry, entry)
    else categories.set(entry.slice(0, colon), levelOf(entry.slice(colon + 1), entry))
  }
  for (const [category, level] of values.family('log-level-')) {
    categories.set(category, levelOf(level, level))
  }
  return { root, categories }
}

/** @throws SettingError for what is no level, which shows `entry` */
export function levelOf(text: string, entry: string): LogLevel {
  const level = text.toLowerCase() as LogLevel
  if (!logLevels.includes(level)) {
    throw new SettingError(
      `Invalid log category format: ${entry}. The format is 'category:level' such as 'org.keycloak:debug'.`,
    )
  }
  return level
}

/** What all handlers have, each under its own prefix. */
function handlerSettings(values: SettingValues, handler: string): HandlerSettings {
  const name = (option: string) => `log-${handler}-${option}`
  const json = values.text(name('output')) === 'json'
  const async = values.explicit(name('async')) ?? values.text('log-async')
  return {
    level: levelOf(values.text(name('level')) ?? 'all', name('level')),
    output: json ? (values.text(name('json-format')) === 'ecs' ? 'ecs' : 'json') : 'pattern',
    pattern: patternOf(values, handler),
    queueLength:
      async === 'true'
        ? (values.integer(name('async-queue-length')) ?? queueLengthDefault)
        : undefined,
  }
}

/** A pattern that somebody chose stays as it is; Keycloak's own one gets a place for what lines are to say. */
function patternOf(values: SettingValues, handler: string): string {
  const pattern = values.text(`log-${handler}-format`) ?? defaultPattern
  if (pattern !== defaultPattern) return pattern
  const wants = (what: string) => values.flag(`log-${handler}-include-${what}`)
  const context = values.flag('log-mdc-enabled') && wants('mdc')
  const trace = values.flag('tracing-enabled') && wants('trace')
  const place = context ? contextInPattern : trace ? traceInPattern : ''
  return defaultPattern.replace('%-5p', `${place}%-5p`)
}

function consoleSettings(values: SettingValues, { colours }: LogPlaces): ConsoleSettings {
  const chosen = values.text('log-console-color')
  return {
    ...handlerSettings(values, 'console'),
    color: chosen === undefined ? colours : chosen === 'true',
  }
}

function fileSettings(values: SettingValues, { home, dataDir }: LogPlaces): FileSettings {
  const named = values.explicit('log-file')
  const place = named === undefined ? resolve(dataDir, 'log', fileName) : resolve(home, named)
  return {
    ...handlerSettings(values, 'file'),
    file: named?.endsWith('/') === true ? resolve(place, fileName) : place,
    rotation: values.flag('log-file-rotation-enabled') ? rotationSettings(values) : undefined,
  }
}

function rotationSettings(values: SettingValues): RotationSettings {
  const suffix = values.text('log-file-rotation-file-suffix')
  if (suffix?.endsWith('.zip') === true) {
    throw new SettingError(
      `Invalid value for option '--log-file-rotation-file-suffix': ${suffix}. Files are compressed as .gz only`,
    )
  }
  return {
    bytesMax: memorySize(values, 'log-file-rotation-max-file-size') ?? 10 * 1024 * 1024,
    backups: values.integer('log-file-rotation-max-backup-index') ?? 5,
    suffix,
    onBoot: values.flag('log-file-rotation-rotate-on-boot'),
  }
}

function syslogSettings(values: SettingValues, trusted: TrustedPeers): SyslogSettings {
  const endpoint = values.text('log-syslog-endpoint') ?? 'localhost:514'
  const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(endpoint)
  if (match === null) {
    throw new SettingError(
      `Invalid value for option '--log-syslog-endpoint': ${endpoint}. Expected host:port`,
    )
  }
  const type = values.text('log-syslog-type') as SyslogSettings['type']
  const protocol = values.text('log-syslog-protocol') as SyslogSettings['protocol']
  const framing = values.text('log-syslog-counting-framing')
  return {
    ...handlerSettings(values, 'syslog'),
    host: match[1] ?? 'localhost',
    port: Number(match[2]),
    protocol,
    type,
    appName: values.text('log-syslog-app-name') ?? 'keycloak',
    bytesMax: memorySize(values, 'log-syslog-max-length') ?? (type === 'rfc5424' ? 2048 : 1024),
    trusted,
    countingFraming: framing === 'protocol-dependent' ? protocol !== 'udp' : framing === 'true',
  }
}

function memorySize(values: SettingValues, name: string): number | undefined {
  const text = values.text(name)
  if (text === undefined) return undefined
  const bytes = parseMemorySize(text)
  if (bytes !== undefined) return bytes
  throw new SettingError(
    `Invalid value for option '--${name}': ${text}. Expected a size such as 512, 10K or 20M`,
  )
}
