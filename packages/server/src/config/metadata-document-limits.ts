import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'

const spi = 'spi-client-policy-executor'
const provider = 'client-id-metadata-document'

/** Names, defaults and bounds of the options; the names and defaults are Keycloak's. */
const options = {
  minCacheSeconds: { name: 'min-cache-time', usual: 300, max: 604_800 },
  maxCacheSeconds: { name: 'max-cache-time', usual: 259_200, max: 31_536_000 },
  bytesMax: { name: 'upper-limit-metadata-bytes', usual: 5_000, max: 65_536 },
} as const

export type MetadataDocumentLimits = Readonly<Record<keyof typeof options, number>>

/**
 * How long and how large metadata documents of clients may be: Keycloak's options of the executor
 * `client-id-metadata-document`, in the spelling with two dashes and in the one before it.
 * @throws SettingError for what is no number within the bounds
 */
export function metadataDocumentLimits(values: SettingValues): MetadataDocumentLimits {
  const read = ({ name, usual, max }: (typeof options)[keyof typeof options]): number => {
    const full = `${spi}--${provider}--${name}`
    const text = values.text(full) ?? values.text(`${spi}-${provider}-${name}`)
    if (!text) return usual
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= 1 && number <= max) return number
    throw new SettingError(
      `Invalid value for option '--${full}': ${text}. Expected a number from 1 to ${max}`,
    )
  }
  return {
    minCacheSeconds: read(options.minCacheSeconds),
    maxCacheSeconds: read(options.maxCacheSeconds),
    bytesMax: read(options.bytesMax),
  }
}
