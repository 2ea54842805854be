import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { newUuid, randomBase64Url } from '../../shared/random.ts'
import { settingOf } from '../realms/component-property.ts'
import { privateKeyOf } from './key-component.ts'
import { checkKeySettings } from './key-providers.ts'
import type { KeyPair, KeyStock } from './key-stock.ts'
import { selfSignedCertificate } from './self-signed-certificate.ts'

type Config = Record<string, string[]>
type Stock = Pick<KeyStock, 'take'>

const generate = promisify(generateKeyPair)
const pkcs8 = { format: 'der', type: 'pkcs8' } as const
const spki = { format: 'der', type: 'spki' } as const

const defaultRsaBits = 2_048
/** Bytes of secrets that nobody chose a size for. */
const defaultSecretBytes: Readonly<Record<string, number>> = {
  'hmac-generated': 128,
  'aes-generated': 32,
}

async function rsaConfig(config: Config, realmName: string, stock: Stock): Promise<Config> {
  const pair = await stock.take(Number(settingOf(config, 'keySize') ?? defaultRsaBits))
  // PKCS #1, as Keycloak writes it: an export must load there.
  const pkcs1 = pair.privateKey.export({ format: 'der', type: 'pkcs1' })
  return {
    privateKey: [pkcs1.toString('base64')],
    certificate: [await selfSignedCertificate(realmName, pair)],
  }
}

async function curvePair(curve: string): Promise<KeyPair> {
  if (curve === 'Ed448') return await generate('ed448', {})
  if (curve === 'Ed25519') return await generate('ed25519', {})
  return await generate('ec', { namedCurve: curve })
}

async function curveConfig(prefix: string, config: Config, realmName: string): Promise<Config> {
  const name = `${prefix}EllipticCurveKey`
  const curve = settingOf(config, name) ?? (prefix === 'eddsa' ? 'Ed25519' : 'P-256')
  const pair = await curvePair(curve)
  const certified = prefix !== 'eddsa' && settingOf(config, 'ecGenerateCertificate') === 'true'
  return {
    [name]: [curve],
    [`${prefix}PrivateKey`]: [pair.privateKey.export(pkcs8).toString('base64')],
    [`${prefix}PublicKey`]: [pair.publicKey.export(spki).toString('base64')],
    ...(certified ? { certificate: [await selfSignedCertificate(realmName, pair, curve)] } : {}),
  }
}

function secretConfig(config: Config, bytes: number): Config {
  const size = Number(settingOf(config, 'secretSize') ?? bytes)
  return { kid: [newUuid()], secret: [randomBase64Url(size)] }
}

const curvePrefix = (providerId: string) => /^(ecdsa|ecdh|eddsa)-generated$/.exec(providerId)?.[1]

/** @returns the member of a generated component's configuration that holds its secret or private key */
function secretMember(providerId: string): string | null {
  if (providerId in defaultSecretBytes) return 'secret'
  if (providerId === 'rsa-generated' || providerId === 'rsa-enc-generated') return 'privateKey'
  const prefix = curvePrefix(providerId)
  return prefix === undefined ? null : `${prefix}PrivateKey`
}

/**
 * Completes the configuration of a `*-generated` key component that has no key yet.
 * @param providerId `rsa-generated`, `hmac-generated`, …
 * @param config what the administrator chose (`priority`, `algorithm`, `keySize`, …)
 * @returns `config` with a new key in the members that Keycloak uses; unchanged for other providers or when a key is there
 * @throws ModelError `invalid` when size or curve are none of Keycloak's list: however the configuration came here
 */
export async function withGeneratedKey(
  providerId: string,
  config: Config,
  realmName: string,
  stock: Stock,
): Promise<Config> {
  const member = secretMember(providerId)
  if (member === null || settingOf(config, member) !== undefined) return config
  checkKeySettings(providerId, config)
  const bytes = defaultSecretBytes[providerId]
  if (bytes !== undefined) return { ...config, ...secretConfig(config, bytes) }
  const prefix = curvePrefix(providerId)
  if (prefix !== undefined) {
    return { ...config, ...(await curveConfig(prefix, config, realmName)) }
  }
  const use = providerId === 'rsa-enc-generated' ? 'ENC' : 'SIG'
  const keyUse = config['keyUse'] ?? [use]
  return { ...config, ...(await rsaConfig(config, realmName, stock)), keyUse }
}

/** Members that a generated key consists of: never shown, and nobody but the generator writes them. */
export const generatedMembers: ReadonlySet<string> = new Set([
  'privateKey',
  'certificate',
  'secret',
  'kid',
  'keyUse',
  'ecdsaPublicKey',
  'ecdsaPrivateKey',
  'ecdhPublicKey',
  'ecdhPrivateKey',
  'eddsaPublicKey',
  'eddsaPrivateKey',
])

/**
 * What an update does to a generated key: a component whose size or curve is another than its key's gets a new one, as in
 * Keycloak.
 * @param config after the change
 * @returns `config` without the key that no longer fits
 */
export function withoutOutgrownKey(providerId: string, config: Config): Config {
  const member = secretMember(providerId)
  const key = member === null ? undefined : settingOf(config, member)
  if (key === undefined || fits(providerId, config, key)) return config
  return Object.fromEntries(Object.entries(config).filter(([name]) => !generatedMembers.has(name)))
}

function fits(providerId: string, config: Config, key: string): boolean {
  if (providerId in defaultSecretBytes) {
    const size = settingOf(config, 'secretSize')
    return size === undefined || Buffer.from(key, 'base64url').length === Number(size)
  }
  const details = privateKeyOf(key)
  const prefix = curvePrefix(providerId)
  if (prefix === undefined) {
    const bits = Number(settingOf(config, 'keySize') ?? defaultRsaBits)
    return details.asymmetricKeyDetails?.modulusLength === bits
  }
  const curve = settingOf(config, `${prefix}EllipticCurveKey`)
  return curve === undefined || curveOf(details) === curve
}

function curveOf(key: KeyObject): string | undefined {
  return key.export({ format: 'jwk' }).crv
}

/** What Keycloak adds to an imported key: a certificate for an RSA key that came without. */
export async function withImportedKeyDetails(
  providerId: string,
  config: Config,
  realmName: string,
): Promise<Config> {
  const imported = providerId === 'rsa' || providerId === 'rsa-enc'
  const text = settingOf(config, 'privateKey')
  if (!imported || !text || settingOf(config, 'certificate')) return config
  const privateKey = privateKeyOf(text)
  const pair = { privateKey, publicKey: createPublicKey(privateKey) }
  return { ...config, certificate: [await selfSignedCertificate(realmName, pair)] }
}

/** The key components of a new realm, with their keys. */
export async function defaultKeyComponents(
  realmName: string,
  stock: Stock,
): Promise<{ name: string; providerId: string; config: Config }[]> {
  const wanted: { name: string; providerId: string; config: Config }[] = [
    { name: 'rsa-generated', providerId: 'rsa-generated', config: { priority: ['100'] } },
    {
      name: 'rsa-enc-generated',
      providerId: 'rsa-enc-generated',
      config: { priority: ['100'], algorithm: ['RSA-OAEP'] },
    },
    {
      name: 'hmac-generated-hs512',
      providerId: 'hmac-generated',
      config: { priority: ['100'], algorithm: ['HS512'] },
    },
    { name: 'aes-generated', providerId: 'aes-generated', config: { priority: ['100'] } },
  ]
  return await Promise.all(
    wanted.map(async (component) => ({
      ...component,
      config: await withGeneratedKey(component.providerId, component.config, realmName, stock),
    })),
  )
}
