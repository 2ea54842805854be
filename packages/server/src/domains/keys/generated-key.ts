import { generateKeyPair, webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { newUuid, randomBase64Url } from '../../shared/random.ts'

type Config = Record<string, string[]>

const generate = promisify(generateKeyPair)
const certificateYears = 10
const pkcs8 = { format: 'der', type: 'pkcs8' } as const
const spki = { format: 'der', type: 'spki' } as const

/** A self-signed certificate with the realm's name, as SAML and `x5c` show it. */
async function certify(realmName: string, privateDer: Buffer, publicDer: Buffer): Promise<string> {
  // Loaded where a certificate is made, which is rare: the library is large and wants its polyfill first.
  await import('reflect-metadata')
  const { cryptoProvider, X509CertificateGenerator } = await import('@peculiar/x509')
  cryptoProvider.set(webcrypto as unknown as Parameters<typeof cryptoProvider.set>[1])
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const { subtle } = webcrypto
  const keys = {
    privateKey: await subtle.importKey('pkcs8', privateDer, algorithm, false, ['sign']),
    publicKey: await subtle.importKey('spki', publicDer, algorithm, true, ['verify']),
  }
  const notBefore = new Date()
  const notAfter = new Date(notBefore)
  notAfter.setFullYear(notAfter.getFullYear() + certificateYears)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomHexSerial(),
    name: [{ CN: [realmName] }],
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
  })
  return Buffer.from(certificate.rawData).toString('base64')
}

/** A positive serial number of 15 bytes. */
function randomHexSerial(): string {
  return Buffer.from(randomBase64Url(15), 'base64url').toString('hex').replace(/^./, '0')
}

async function rsaConfig(config: Config, realmName: string): Promise<Config> {
  const modulusLength = Number(config['keySize']?.[0] ?? 2048)
  const pair = await generate('rsa', { modulusLength })
  const privateDer = pair.privateKey.export(pkcs8)
  const certificate = await certify(realmName, privateDer, pair.publicKey.export(spki))
  // PKCS #1, as Keycloak writes it: an export must load there.
  const pkcs1 = pair.privateKey.export({ format: 'der', type: 'pkcs1' })
  return { privateKey: [pkcs1.toString('base64')], certificate: [certificate] }
}

async function curveConfig(prefix: string, config: Config): Promise<Config> {
  const fallback = prefix === 'eddsa' ? 'Ed25519' : 'P-256'
  const curve = config[`${prefix}EllipticCurveKey`]?.[0] ?? fallback
  const pair =
    prefix === 'eddsa'
      ? curve === 'Ed448'
        ? await generate('ed448', {})
        : await generate('ed25519', {})
      : await generate('ec', { namedCurve: curve })
  return {
    [`${prefix}EllipticCurveKey`]: [curve],
    [`${prefix}PrivateKey`]: [pair.privateKey.export(pkcs8).toString('base64')],
    [`${prefix}PublicKey`]: [pair.publicKey.export(spki).toString('base64')],
  }
}

function secretConfig(config: Config, bytes: number): Config {
  const secretSize = Number(config['secretSize']?.[0] ?? bytes)
  return { kid: [newUuid()], secret: [randomBase64Url(secretSize)] }
}

/**
 * Completes the configuration of a `*-generated` key component that has no key yet.
 * @param providerId `rsa-generated`, `hmac-generated`, …
 * @param config what the administrator chose (`priority`, `algorithm`, `keySize`, …)
 * @returns `config` with a new key in the members that Keycloak uses; unchanged for other providers or when a key is there
 */
export async function withGeneratedKey(
  providerId: string,
  config: Config,
  realmName: string,
): Promise<Config> {
  const hasKey = Object.entries(config).some(
    ([name, values]) => /^(secret|.*privateKey)$/i.test(name) && values[0],
  )
  if (hasKey) return config
  switch (providerId) {
    case 'rsa-generated':
      return {
        ...config,
        ...(await rsaConfig(config, realmName)),
        keyUse: config['keyUse'] ?? ['SIG'],
      }
    case 'rsa-enc-generated':
      return {
        ...config,
        ...(await rsaConfig(config, realmName)),
        keyUse: config['keyUse'] ?? ['ENC'],
      }
    case 'hmac-generated':
      return { ...config, ...secretConfig(config, 128) }
    case 'aes-generated':
      return { ...config, ...secretConfig(config, 32) }
    case 'ecdsa-generated':
    case 'ecdh-generated':
    case 'eddsa-generated':
      return {
        ...config,
        ...(await curveConfig(providerId.slice(0, -'-generated'.length), config)),
      }
    default:
      return config
  }
}

/** The key components of a new realm, with their keys. */
export async function defaultKeyComponents(
  realmName: string,
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
      config: await withGeneratedKey(component.providerId, component.config, realmName),
    })),
  )
}
