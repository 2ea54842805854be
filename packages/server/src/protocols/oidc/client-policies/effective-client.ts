import { createHash } from 'node:crypto'
import type { Client } from '../../../domains/clients/client.ts'
import type { PolicyEffects } from '../../../domains/policy-enforcement/policy-occasion.ts'

const lightweight = 'client.use.lightweight.access.token.enabled'
const hashBytes = 6

/**
 * A client as the policies want it to be for one request.
 * @returns the client itself where they ask for nothing of the kind
 */
export function effectiveClient(client: Client, effects: PolicyEffects): Client {
  const { lightweightAccessToken, scopes } = effects
  if (lightweightAccessToken !== true && scopes === undefined) return client
  const { representation } = client
  const attributes =
    lightweightAccessToken === true
      ? { ...representation.attributes, [lightweight]: 'true' }
      : representation.attributes
  const changed = { ...representation, ...(attributes ? { attributes } : {}) }
  if (scopes === undefined) return { ...client, representation: changed }
  const kept = (names: readonly string[] = []) => names.filter((name) => scopes.includes(name))
  return {
    ...client,
    ver: client.ver + fractionOf(scopes.join(' ')),
    representation: {
      ...changed,
      defaultClientScopes: kept(representation.defaultClientScopes),
      optionalClientScopes: kept(representation.optionalClientScopes),
    },
  }
}

/** What is kept of a client is kept by its `ver`: with other scopes it is another one. */
function fractionOf(text: string): number {
  const digest = createHash('sha256').update(text).digest()
  return (digest.readUIntBE(0, hashBytes) + 1) / 2 ** (8 * hashBytes + 1)
}
