import { Counter, type Registry } from 'prom-client'
import type { HashedPassword } from './password-hash.ts'
import type { PasswordHashes } from './password-hashes.ts'

/** Counts compared passwords in `keycloak_credentials_password_hashing_validations_total`, with Keycloak's labels. */
export class PasswordValidations {
  readonly #counter: Counter
  readonly #hashes: Pick<PasswordHashes, 'parameters'>

  constructor(registry: Registry, hashes: Pick<PasswordHashes, 'parameters'>) {
    this.#hashes = hashes
    this.#counter = new Counter({
      name: 'keycloak_credentials_password_hashing_validations_total',
      help: 'Password validations',
      labelNames: ['realm', 'algorithm', 'hashing_strength', 'outcome'],
      registers: [registry],
    })
  }

  /** @param realmName the realm's name, not its id */
  count(realmName: string, stored: HashedPassword, valid: boolean): void {
    const parameters = this.#hashes.parameters(stored)
    if (parameters === undefined) return
    this.#counter.inc({
      realm: realmName,
      algorithm: parameters.algorithm,
      hashing_strength: parameters.strength,
      outcome: valid ? 'valid' : 'invalid',
    })
  }
}
