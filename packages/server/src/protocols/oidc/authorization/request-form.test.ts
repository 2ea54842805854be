import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Client } from '../../../domains/clients/client.ts'
import { plainRequest } from '../../../domains/flows/engine/client-request.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { formProblem, withForm } from './request-form.ts'

const algorithms = ['none', 'RS256', 'PS256', 'ES256'] as const
const attributes = fc.record(
  {
    'require.pushed.authorization.requests': fc.constantFrom('true', 'false', ''),
    'request.object.required': fc.constantFrom(
      ...['', 'not required', 'request only', 'request_uri only', 'request or request_uri'],
      ...['constructor', '__proto__'],
    ),
    'request.object.signature.alg': fc.constantFrom('', 'any', ...algorithms),
    'request.object.encryption.alg': fc.constantFrom('', 'any', 'RSA-OAEP'),
  },
  { requiredKeys: [] },
)
const came = fc.record({
  reference: fc.option(fc.constant('urn:ietf:params:oauth:request_uri:x')),
  object: fc.option(
    fc.record({
      form: fc.constantFrom('request', 'request_uri'),
      algorithm: fc.constantFrom(...algorithms),
      encrypted: fc.boolean(),
      claims: fc.constant({}),
    }),
  ),
})

it('of 1,000 requests and clients at random, a login goes on where its request came as the client wants now', () => {
  const property = fc.property(attributes, fc.boolean(), came, (wanted, everybody, how) => {
    const client = { representation: { attributes: wanted } } as unknown as Client
    const own = everybody ? { requirePushedAuthorizationRequests: 'true' } : {}
    const realm = { settings: { attributes: own } } as unknown as Realm
    const request = withForm(plainRequest, how.reference, how.object ?? undefined)
    const pushed = everybody || wanted['require.pushed.authorization.requests'] === 'true'
    const required = wanted['request.object.required'] ?? ''
    const form = how.object?.form
    const signature = wanted['request.object.signature.alg'] ?? ''
    const encryption = wanted['request.object.encryption.alg'] ?? ''
    const good =
      (!pushed || how.reference !== null) &&
      (required !== 'request only' || form === 'request') &&
      (required !== 'request_uri only' || form === 'request_uri') &&
      (required !== 'request or request_uri' || form !== undefined) &&
      (form === undefined || ['', 'any', how.object?.algorithm].includes(signature)) &&
      (form === undefined || how.object?.encrypted === true || ['', 'any'].includes(encryption))
    expect(formProblem(realm, client, request) === null).toBe(good)
  })
  fc.assert(property, { numRuns: 1_000 })
})
