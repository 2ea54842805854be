import { jsonFormat, plainFormat } from './line-format.ts'
import type { LogSettings } from './log-settings.ts'
import { Loggers } from './loggers.ts'
import { RequestScope } from './request-scope.ts'

/**
 * @returns loggers that write to the standard output in the form that the settings ask for. Following requests costs
 * processor time in every promise, so it is done only where lines have a place for it.
 */
export function createLoggers(settings: LogSettings): Loggers {
  if (!settings.json) return new Loggers(settings, process.stdout, plainFormat)
  const requests = new RequestScope()
  return new Loggers(settings, process.stdout, jsonFormat(settings, requests), requests)
}
