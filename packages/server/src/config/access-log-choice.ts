import { resolve } from 'node:path'
import type { AccessLogSettings } from '../http/access-log-settings.ts'
import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'

/**
 * @returns undefined where requests are not logged
 * @throws SettingError on an exclusion that is no regular expression
 */
export function accessLogSettings(
  values: SettingValues,
  dataDir: string,
): AccessLogSettings | undefined {
  if (!values.flag('http-access-log-enabled')) return undefined
  const text = (name: string) => values.text(`http-access-log-${name}`)
  return {
    pattern: text('pattern') ?? 'common',
    exclude: exclusion(text('exclude')),
    maskedHeaders: values.list('http-access-log-masked-headers'),
    maskedCookies: values.list('http-access-log-masked-cookies'),
    file: values.flag('http-access-log-file-enabled')
      ? {
          file: resolve(dataDir, 'log', `${text('file-name')}${text('file-suffix') ?? ''}`),
          rotates: values.flag('http-access-log-file-rotate'),
        }
      : undefined,
  }
}

function exclusion(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined
  try {
    return new RegExp(`^(?:${text})$`)
  } catch (error) {
    throw new SettingError(
      `Invalid value for option '--http-access-log-exclude': ${(error as Error).message}`,
    )
  }
}
