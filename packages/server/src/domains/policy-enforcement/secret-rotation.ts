import { type Clock, epochSeconds } from '../../shared/clock.ts'
import type { Client } from '../clients/client.ts'
import { withNewSecret } from '../clients/client-defaults.ts'
import type { SecretRotation } from './policy-occasion.ts'

const created = 'client.secret.creation.time'
const expires = 'client.secret.expiration.time'
const rotated = 'client.secret.rotated'
const rotatedCreated = 'client.secret.rotated.creation.time'
const rotatedExpires = 'client.secret.rotated.expiration.time'

/**
 * Keeps the secret of a client to its time: a secret that is over, or that somebody wants renewed, makes place for a new one
 * and counts for a while longer.
 * @param why `renewed` by an administrator, `registration` by a client that manages itself, who gets a new one early
 */
export function withRotatedSecret(
  client: Client,
  rotation: SecretRotation,
  why: 'saved' | 'renewed' | 'registration',
  clock: Clock,
): Client {
  const now = epochSeconds(clock)
  const { attributes = {}, secret } = client.representation
  const end = Number(attributes[expires] ?? 0)
  const early = why === 'registration' ? rotation.remainingPeriod : 0
  const over = end !== 0 && end - early <= now
  if (why !== 'renewed' && end !== 0 && !over) return client
  const renewed = why === 'renewed' || over
  const next = renewed ? withNewSecret(client.representation, clock) : client.representation
  const times: Record<string, string> = {
    ...next.attributes,
    [created]: String(now),
    [expires]: String(now + rotation.expirationPeriod),
  }
  if (renewed && secret && rotation.rotatedExpirationPeriod > 0) {
    times[rotated] = secret
    times[rotatedCreated] = attributes[created] ?? String(now)
    times[rotatedExpires] = String(now + rotation.rotatedExpirationPeriod)
  } else if (renewed) {
    for (const name of [rotated, rotatedCreated, rotatedExpires]) delete times[name]
  }
  return { ...client, representation: { ...next, attributes: times } }
}
