import { createPublicKey, X509Certificate } from 'node:crypto'
import type { JSONWebKeySet, JWK } from 'jose'
import { type SignedByClient, verified } from '../../../domains/clients/keys/client-keys.ts'
import type { JwkDocuments } from '../../../domains/clients/keys/jwk-documents.ts'
import { keySetOf } from '../../../domains/clients/keys/jwk-set.ts'
import type { IdentityProvider } from '../../../domains/identity-providers/identity-provider.ts'
import { asymmetricAlgorithms } from '../../../domains/keys/signature-algorithm.ts'

export interface IssuerKeysDeps {
  /** JWK sets by their address. */
  readonly documents: Pick<JwkDocuments, 'of'>
  /** JWK sets of Kubernetes clusters by their issuer, whose metadata says where they are. */
  readonly clusterDocuments: Pick<JwkDocuments, 'of'>
}

/** Cluster that a Kubernetes provider means which names none: the one that the server runs in. */
const ownCluster = 'https://kubernetes.default.svc.cluster.local'

/** Keys of identity providers, by which what they have signed is believed. */
export class IssuerKeys {
  readonly #deps: IssuerKeysDeps

  constructor(deps: IssuerKeysDeps) {
    this.#deps = deps
  }

  /**
   * @param algorithm the only one that counts; undefined = any that is asymmetric
   * @returns null for what the provider has not signed
   */
  async verify(
    provider: IdentityProvider,
    text: string,
    algorithm?: string,
  ): Promise<SignedByClient | null> {
    const algorithms = asymmetricAlgorithms.filter(
      (each) => algorithm === undefined || each === algorithm,
    )
    // A key that is not known may have been published since.
    for (const anew of [false, true]) {
      const keys = await this.#keys(provider, anew)
      const result = await verified(text, keys, algorithms)
      if (typeof result !== 'string') return result
      if (result !== 'no-key') return null
    }
    return null
  }

  async #keys(
    { providerId, config }: IdentityProvider,
    anew: boolean,
  ): Promise<JSONWebKeySet | null> {
    const { documents, clusterDocuments } = this.#deps
    if (providerId === 'kubernetes') {
      return await clusterDocuments.of(config['issuer'] || ownCluster, anew)
    }
    if (providerId === 'spiffe') {
      return forSignatures(await documents.of(config['bundleEndpoint'] ?? '', anew))
    }
    if (config['useJwksUrl'] === 'true') return await documents.of(config['jwksUrl'] ?? '', anew)
    return givenKey(config)
  }
}

/** Bundles of SPIFFE say `jwt-svid` of the keys of tokens, and hold those of certificates too. */
function forSignatures(keys: JSONWebKeySet | null): JSONWebKeySet | null {
  if (keys === null) return null
  const own = keys.keys.filter(({ use }) => use === 'jwt-svid' || use === 'sig')
  return { keys: own.map((key) => ({ ...key, use: 'sig' })) }
}

/** A key in the settings: a JWK set, a certificate, or a public key, with the id that tokens name. */
function givenKey(config: IdentityProvider['config']): JSONWebKeySet | null {
  const text = config['publicKeySignatureVerifier']?.trim()
  const kid = config['publicKeySignatureVerifierKeyId']
  if (!text) return null
  try {
    if (text.startsWith('{')) return keySetOf(text)
    const der = Buffer.from(text.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
    const key = text.includes('BEGIN CERTIFICATE')
      ? new X509Certificate(der).publicKey
      : createPublicKey({ key: der, format: 'der', type: 'spki' })
    const jwk = key.export({ format: 'jwk' }) as JWK
    return { keys: [kid ? { ...jwk, kid } : jwk] }
  } catch {
    return null
  }
}
