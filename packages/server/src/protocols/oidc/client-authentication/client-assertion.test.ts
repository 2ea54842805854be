import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { OAuthError } from '../oauth-error.ts'
import { checkAssertionClaims } from './client-assertion.ts'
import type { ClientCredentials } from './client-credentials.ts'

const realm = { id: 'r', name: 'r', settings: { attributes: {} } } as unknown as Realm
const places = { frontend: 'https://id.example.org', admin: 'https://id.example.org' }
const credentials = { realm, places } as unknown as ClientCredentials
const start = 1_800_000_000

/** Remembers as the table does: what is over is forgotten. */
class Memory {
  readonly kept = new Map<string, number>()
  nowMs = 0

  async putIfAbsent(id: string, until: number): Promise<boolean> {
    const there = this.kept.get(id)
    if (there !== undefined && there > this.nowMs) return false
    this.kept.set(id, until)
    return true
  }
}

/** Seconds around now, near and far. */
const around = fc.oneof(
  fc.integer({ min: -200, max: 200 }),
  fc.integer({ min: -8_000, max: 8_000 }),
  fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
)

it('an assertion counts once, however far apart its uses are and whatever it says of its age', async () => {
  let accepted = 0
  const property = fc.asyncProperty(
    around,
    fc.option(around),
    fc.option(around),
    fc.option(fc.constantFrom('1', '60', '3600', '99999999', '-5', 'x', '')),
    fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 12 }),
    async (exp, iat, nbf, maxExp, waits) => {
      const memory = new Memory()
      const attributes = maxExp === null ? {} : { 'token.endpoint.auth.signing.max.exp': maxExp }
      const client = { clientId: 'c', representation: { attributes } } as unknown as Client
      const claims = {
        ...{ aud: 'https://id.example.org/realms/r', sub: 'c', jti: 'j', exp: start + exp },
        ...(iat === null ? {} : { iat: start + iat }),
        ...(nbf === null ? {} : { nbf: start + nbf }),
      }
      let granted = 0
      for (const wait of waits) {
        memory.nowMs += wait * 1_000
        const clock = { now: () => start * 1_000 + memory.nowMs, monotonic: () => 0 }
        const now = clock.now()
        const relative: Pick<Memory, 'putIfAbsent'> = {
          putIfAbsent: async (id, until) => {
            // What is kept is bounded, whatever the assertion says.
            expect(until - now).toBeLessThanOrEqual((3_600 + 15 + 120) * 1_000)
            expect(until).toBeGreaterThan(now)
            return await memory.putIfAbsent(id, until - start * 1_000)
          },
        }
        try {
          await checkAssertionClaims(client, claims, credentials, relative, clock)
          granted += 1
        } catch (error) {
          if (!(error instanceof OAuthError)) throw error
        }
      }
      expect(granted).toBeLessThanOrEqual(1)
      accepted += granted
    },
  )
  await fc.assert(property, { numRuns: 2_000 })
  // One run in forty is accepted; far fewer would mean that the property says nothing.
  expect(accepted).toBeGreaterThan(10)
})
