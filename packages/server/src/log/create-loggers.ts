import { jsonFormat, plainFormat } from './line-format.ts'
import type { LogSettings } from './log-settings.ts'
import { Loggers } from './loggers.ts'

/** @returns loggers that write to the standard output in the form that the settings ask for */
export function createLoggers(settings: LogSettings): Loggers {
  return new Loggers(settings, process.stdout, settings.json ? jsonFormat(settings) : plainFormat)
}
