import { createPublicKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { dockerKeyId } from './docker-key-id.ts'

// The form registries read from a token’s header (distribution/distribution, registry/auth/token); the keys are RFC 8037’s and another.
test('an id has twelve groups of four letters, and is one key’s only', () => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
  const id = dockerKeyId(createPublicKey({ key: jwk, format: 'jwk' }))
  expect(id).toMatch(/^(?:[A-Z2-7]{4}:){11}[A-Z2-7]{4}$/)
  const other = { ...jwk, x: 'FXu1qQ1oVlCvRqgIgBpOgkeJ0HqBq1Jp2gNcOZAIBxM' }
  expect(dockerKeyId(createPublicKey({ key: other, format: 'jwk' }))).not.toBe(id)
})
