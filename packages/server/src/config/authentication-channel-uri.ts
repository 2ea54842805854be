import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'

const spi = 'spi-ciba-auth-channel'
const provider = 'ciba-http-auth-channel'
const option = 'http-authentication-channel-uri'

/**
 * Where the authentication entity of backchannel authentication listens: Keycloak's option of the provider
 * `ciba-http-auth-channel`, in the spelling with two dashes and in the one before it.
 * @returns undefined where there is none: then users are asked in their browser
 * @throws SettingError for what is no http or https address
 */
export function authenticationChannelUri(values: SettingValues): string | undefined {
  const names = [`${spi}--${provider}--${option}`, `${spi}-${provider}-${option}`]
  for (const name of names) {
    const uri = values.text(name)
    if (!uri) continue
    if (/^https?:\/\//i.test(uri) && URL.canParse(uri)) return uri
    throw new SettingError(
      `Invalid value for option '--${name}': ${uri}. Expected an http or https address`,
    )
  }
  return undefined
}
