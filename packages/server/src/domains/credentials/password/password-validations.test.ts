import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { HashingQueue } from './hashing-queue.ts'
import { PasswordHashes } from './password-hashes.ts'
import { PasswordValidations } from './password-validations.ts'

/** A credential as exports have it; its hash is not looked at. */
function stored(algorithm: string, hashIterations: number, additionalParameters = {}) {
  return { secretData: {}, credentialData: { algorithm, hashIterations, additionalParameters } }
}

test('compared passwords are counted under the labels of Keycloak', async () => {
  const registry = new Registry()
  const hashes = new PasswordHashes(new HashingQueue({ threads: 1, waitingMax: 0 }))
  const validations = new PasswordValidations(registry, hashes)
  const memory = { memory: ['7168'], parallelism: ['1'], type: ['id'], version: ['1.3'] }
  validations.count('acme', stored('pbkdf2-sha512', 210_000), true)
  validations.count('acme', stored('argon2', 5, memory), false)
  validations.count('acme', stored('unheard-of', 1), false)
  const lines = (await registry.metrics()).split('\n').filter((line) => /^keycloak/.test(line))
  const name = 'keycloak_credentials_password_hashing_validations_total'
  expect(lines).toEqual([
    `${name}{realm="acme",algorithm="pbkdf2-sha512",hashing_strength="210000",outcome="valid"} 1`,
    `${name}{realm="acme",algorithm="argon2",hashing_strength="Argon2id-1.3[m=7168,t=5,p=1]",outcome="invalid"} 1`,
  ])
})
