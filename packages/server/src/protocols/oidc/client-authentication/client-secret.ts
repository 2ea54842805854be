import type { Client } from '../../../domains/clients/client.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { equalInConstantTime } from '../../../shared/constant-time.ts'
import { type ClientAuthenticator, wrongMethod, wrongSecret } from './client-authenticator.ts'
import type { ClientCredentials } from './client-credentials.ts'

/** The secret in the form or in an `Authorization: Basic` header. */
export class ClientSecretAuthenticator implements ClientAuthenticator {
  readonly id = 'client-secret'
  readonly methods = ['client_secret_basic', 'client_secret_post']
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async authenticate(client: Client, { secrets, secretMethod }: ClientCredentials): Promise<void> {
    if (client.representation.publicClient) return
    const accepted = acceptedSecrets(client, epochSeconds(this.#clock))
    const matches = secrets.some((given) =>
      accepted.some((expected) => equalInConstantTime(given, expected)),
    )
    if (!matches) throw wrongSecret()
    const allowed =
      client.representation.attributes?.['client.secret.authentication.allowed.method']
    if (allowed && allowed !== secretMethod) throw wrongMethod(allowed)
  }
}

/** The client's secret, unless its time is over (seconds since the epoch), and the one before it while a rotation lets both count. */
export function acceptedSecrets(client: Client, now: number): string[] {
  const { secret, attributes = {} } = client.representation
  const expiresAt = Number(attributes['client.secret.expiration.time'] ?? 0)
  const expired = expiresAt !== 0 && !(now < expiresAt)
  const accepted = secret && !expired ? [secret] : []
  const rotated = attributes['client.secret.rotated']
  const until = Number(attributes['client.secret.rotated.expiration.time'] ?? 0)
  if (rotated && now < until) accepted.push(rotated)
  return accepted
}
