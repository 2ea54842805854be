import { createHash } from 'node:crypto'
import type { Component } from '../realms/realm.ts'
import type { RealmId } from '../typed-ids.ts'
import { withGeneratedKey } from './generated-key.ts'
import { keyProviderType } from './key-component.ts'
import type { KeyStock } from './key-stock.ts'
import { signatureAlgorithm } from './signature-algorithm.ts'

/** Priority that Keycloak gives to a key that it made because none fitted. */
const fallbackPriority = '-100'

/**
 * A generated key for a realm that has none for an algorithm, as Keycloak makes it. Its component id follows from realm and
 * algorithm, so that nodes which do this at the same time make one key between them.
 * @throws Error when the algorithm is not a signature algorithm
 */
export async function fallbackKey(
  realm: { readonly id: RealmId; readonly name: string },
  algorithm: string,
  keyStock: Pick<KeyStock, 'take'>,
): Promise<Component> {
  const wanted = fallbackProvider(algorithm)
  if (!wanted) throw new Error(`${algorithm} is no signature algorithm`)
  return {
    id: fallbackId(realm.id, algorithm),
    parentId: realm.id,
    providerType: keyProviderType,
    providerId: wanted.providerId,
    name: `fallback-${algorithm}`,
    config: await withGeneratedKey(wanted.providerId, wanted.config, realm.name, keyStock),
  }
}

/** @returns the component id of a realm's fallback key */
export function fallbackId(realmId: RealmId, algorithm: string): string {
  return createHash('sha256')
    .update(`fallback ${realmId} ${algorithm}`)
    .digest('base64url')
    .slice(0, 22)
}

/** @returns those of the algorithms that have a public half and, by what the components say of themselves, no key */
export function algorithmsWithoutKey(
  components: readonly Component[],
  algorithms: readonly string[],
): string[] {
  return [...new Set(algorithms)].filter((algorithm) => {
    const wanted = fallbackProvider(algorithm)
    if (wanted === null || signatureAlgorithm(algorithm)?.kind === 'hmac') return false
    return !components.some((component) => isKeyFor(component, algorithm, wanted))
  })
}

interface Provider {
  readonly providerId: string
  readonly config: Component['config']
}

/** Which provider makes a key for an algorithm. */
function fallbackProvider(algorithm: string): Provider | null {
  const known = signatureAlgorithm(algorithm)
  const priority = [fallbackPriority]
  switch (known?.kind) {
    case 'rsa':
    case 'rsa-pss':
      return { providerId: 'rsa-generated', config: { priority, algorithm: [algorithm] } }
    case 'hmac':
      return { providerId: 'hmac-generated', config: { priority, algorithm: [algorithm] } }
    case 'ec': {
      const config = { priority, ecdsaEllipticCurveKey: [known.curve ?? 'P-256'] }
      return { providerId: 'ecdsa-generated', config }
    }
    case 'eddsa':
      return { providerId: 'eddsa-generated', config: { priority } }
    default:
      return null
  }
}

function isKeyFor(
  { providerId, providerType, config }: Component,
  algorithm: string,
  wanted: Provider,
) {
  if (providerType !== keyProviderType) return false
  const named = config['algorithm']?.[0]
  if (named !== undefined) return named === algorithm
  const curve = wanted.config['ecdsaEllipticCurveKey']?.[0]
  if (curve !== undefined) return config['ecdsaEllipticCurveKey']?.[0] === curve
  if (wanted.providerId === 'eddsa-generated') return providerId === wanted.providerId
  return providerId.startsWith('rsa') && algorithm === 'RS256'
}
