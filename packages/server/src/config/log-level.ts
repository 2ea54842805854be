import { type LogLevel, type LogSettings, logLevels } from '../log/log-settings.ts'
import { SettingError } from './setting-error.ts'
import { parseList } from './setting-syntax.ts'
import type { SettingValues } from './setting-values.ts'

/** @throws SettingError on a level or category that cannot be read */
export function logSettings(values: SettingValues): LogSettings {
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
  const handlers = values.list('log')
  return {
    root,
    categories,
    console: handlers.length === 0 || handlers.includes('console'),
    consoleLevel: levelOf(values.text('log-console-level') ?? 'all', 'log-console-level'),
    json: values.text('log-console-output') === 'json',
    serviceName: values.text('log-service-name') ?? 'keycloak',
    serviceEnvironment: values.text('log-service-environment'),
  }
}

function levelOf(text: string, entry: string): LogLevel {
  const level = text.toLowerCase() as LogLevel
  if (!logLevels.includes(level)) {
    throw new SettingError(
      `Invalid log category format: ${entry}. The format is 'category:level' such as 'org.keycloak:debug'.`,
    )
  }
  return level
}
