import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { KeyMaterial, TlsSettings } from '../http/http-settings.ts'
import type { StorePlace } from '../key-stores/store-place.ts'
import { openSslCiphers } from './openssl-ciphers.ts'
import { SettingError } from './setting-error.ts'
import { parseList } from './setting-syntax.ts'
import type { SettingValues } from './setting-values.ts'

/** Kinds of stores that can be read; which of them it is, the content tells. */
const readable = new Set(['PKCS12', 'P12', 'PFX', 'PEM'])
const versions = new Set(['TLSv1.2', 'TLSv1.3'])
/** Taken where nothing is named, as Keycloak does. */
const usualKeyStore = ['conf', 'server.keystore']

/** @returns TLS of the main listener; undefined where no key is named @throws SettingError */
export function mainTls(values: SettingValues, home: string): TlsSettings | undefined {
  const keys = keyMaterial(values, 'https') ?? usualKeys(values, home)
  return keys === undefined ? undefined : tlsSettings(values, 'https', keys)
}

/**
 * TLS of the management listener: its own settings, and where it has none those of the main listener, except for the client's
 * certificate, which a probe has none of.
 * @throws SettingError
 */
export function managementTls(
  values: SettingValues,
  main: TlsSettings | undefined,
): TlsSettings | undefined {
  if (values.text('http-management-scheme') === 'http') return undefined
  const keys = keyMaterial(values, 'https-management') ?? main?.keys
  if (keys === undefined) return undefined
  const own = tlsSettings(values, 'https-management', keys)
  const given = (option: string) => values.explicit(`https-management-${option}`) !== undefined
  return {
    ...own,
    protocols: given('protocols') ? own.protocols : (main?.protocols ?? own.protocols),
    cipherSuites: own.cipherSuites ?? main?.cipherSuites,
    trustStore: own.trustStore ?? main?.trustStore,
    reloadPeriodMs: given('certificates-reload-period')
      ? own.reloadPeriodMs
      : (main?.reloadPeriodMs ?? own.reloadPeriodMs),
  }
}

function keyMaterial(values: SettingValues, prefix: string): KeyMaterial | undefined {
  const certificateFile = values.text(`${prefix}-certificate-file`)
  const keyFile = values.text(`${prefix}-certificate-key-file`)
  if (certificateFile !== undefined && keyFile !== undefined) return { certificateFile, keyFile }
  if (certificateFile !== undefined || keyFile !== undefined) {
    const missing = keyFile === undefined ? 'certificate-key-file' : 'certificate-file'
    throw new SettingError(
      `The option '--${prefix}-${missing}' is missing: HTTPS needs certificate and key`,
    )
  }
  const store = storePlace(values, `${prefix}-key-store`)
  return store === undefined ? undefined : { store }
}

function usualKeys(values: SettingValues, home: string): KeyMaterial | undefined {
  const file = resolve(home, ...usualKeyStore)
  if (!existsSync(file)) return undefined
  return { store: { file, password: values.text('https-key-store-password') } }
}

/**
 * @param prefix of the options `…-file`, `…-password` and `…-type`
 * @returns undefined where no file is named
 * @throws SettingError for a kind of store that only Java reads
 */
export function storePlace(values: SettingValues, prefix: string): StorePlace | undefined {
  const file = values.text(`${prefix}-file`)
  const type = values.text(`${prefix}-type`)
  if (type !== undefined && !readable.has(type.toUpperCase())) {
    throw new SettingError(
      `Invalid value for option '--${prefix}-type': ${type}. Only PKCS12 and PEM can be read; convert a Java store with keytool -importkeystore -deststoretype PKCS12`,
    )
  }
  return file === undefined ? undefined : { file, password: values.text(`${prefix}-password`) }
}

function tlsSettings(
  values: SettingValues,
  prefix: 'https' | 'https-management',
  keys: KeyMaterial,
): TlsSettings {
  const ciphers = values.text(`${prefix}-cipher-suites`)
  return {
    keys,
    protocols: protocols(values, `${prefix}-protocols`),
    cipherSuites: ciphers === undefined ? undefined : openSslCiphers(ciphers),
    clientAuth: (values.text(`${prefix}-client-auth`) ?? 'none') as TlsSettings['clientAuth'],
    trustStore: storePlace(values, `${prefix}-trust-store`),
    reloadPeriodMs: values.durationMs(`${prefix}-certificates-reload-period`) ?? 0,
  }
}

function protocols(values: SettingValues, name: string): readonly string[] {
  const named = parseList(values.text(name) ?? '')
  const wrong = named.find((version) => !versions.has(version))
  if (wrong !== undefined || named.length === 0) {
    throw new SettingError(
      `Invalid value for option '--${name}': ${wrong ?? ''}. Expected values are: ${[...versions].join(', ')}`,
    )
  }
  return named
}
