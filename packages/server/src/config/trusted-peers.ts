import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ConnectionOptions, rootCertificates } from 'node:tls'
import { trustedCertificates } from '../key-stores/trusted-certificates.ts'
import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'

/** Who is believed at the other end of TLS connections that this server opens; empty = as Node.js does. */
export type TrustedPeers = Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'>

/** Stores below this folder of the home directory are trusted without being named. */
const usualFolder = join('conf', 'truststores')
const storeNames = /\.(?:pem|crt|cer|p12|pfx|pkcs12)$/i
const depthMax = 4

/** Where Kubernetes puts the authorities of the cluster and of its services into a container. */
const kubernetesFiles = [
  '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
  '/var/run/secrets/kubernetes.io/serviceaccount/service-ca.crt',
]

/**
 * Reads the certificates of `truststore-paths`, `conf/truststores` and Kubernetes, to be trusted beside the usual ones.
 * @throws SettingError for a path that is not there, or cannot be read
 */
export function trustedPeers(
  values: SettingValues,
  home: string,
  kubernetes: readonly string[] = kubernetesFiles,
): TrustedPeers {
  const named = values.list('truststore-paths').map((path) => resolve(home, path))
  const usual = [resolve(home, usualFolder)].filter(exists)
  const cluster = values.flag('truststore-kubernetes-enabled') ? kubernetes.filter(exists) : []
  const certificates = namedCertificates('truststore-paths', [...named, ...usual, ...cluster])
  return {
    ...(certificates.length === 0 ? {} : { ca: [...rootCertificates, ...certificates] }),
    ...(values.text('tls-hostname-verifier') === 'ANY'
      ? { checkServerIdentity: () => undefined }
      : {}),
  }
}

/**
 * @param option that names them, for what is said of one that cannot be read
 * @param paths files, or folders of such
 * @returns their certificates, in PEM
 * @throws SettingError
 */
export function namedCertificates(option: string, paths: readonly string[]): string[] {
  return paths
    .flatMap((path) => storesBelow(option, path))
    .flatMap((file) => certificatesOf(option, file))
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function storesBelow(option: string, path: string, depth = 0): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) {
    throw new SettingError(`Invalid value for option '--${option}': ${path} is not there`)
  }
  if (!found.isDirectory()) return depth === 0 || storeNames.test(path) ? [path] : []
  if (depth >= depthMax) return []
  return readdirSync(path).flatMap((name) => storesBelow(option, join(path, name), depth + 1))
}

/** Stores among these have no password: there is nothing in them to keep secret. */
function certificatesOf(option: string, file: string): string[] {
  try {
    return trustedCertificates(readFileSync(file), undefined)
  } catch (error) {
    throw new SettingError(
      `Invalid value for option '--${option}': ${file}: ${(error as Error).message}`,
    )
  }
}
