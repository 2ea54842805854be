import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { LoginState } from './login-state.ts'
import {
  sealedDetachedPage,
  sealedRestart,
  sealedRow,
  sealedVisit,
  stateOf,
  visitOf,
} from './sealed-contents.ts'
import type { SealedKind } from './sealed-kind.ts'
import { Seals } from './seals.ts'

const key = { id: 'key', secret: randomBytes(32) }
const keys = {
  current: async () => key,
  byId: async (id: string) => (id === key.id ? key : undefined),
}
const seals = new Seals({ keys })
const to = { realmId: 'realm', browserId: 'browser' }
const kinds: readonly SealedKind<unknown>[] = [
  sealedVisit,
  sealedRow,
  sealedRestart,
  sealedDetachedPage,
]
/** Seals whatever it is given as content of a kind, as somebody with the key could. */
const anything = (name: string): SealedKind<unknown> => ({ name, content: z.unknown() })
const runs = { numRuns: 1_000 }
vi.setConfig({ testTimeout: 60_000 })

const words = fc.string({ maxLength: 20 })
const text = fc.record({
  protocol: fc.constant('openid-connect'),
  redirectUri: fc.webUrl(),
  prompt: fc.array(fc.constantFrom('none', 'login', 'consent'), { maxLength: 2 }),
  maxAge: fc.option(fc.nat()),
  loginHint: fc.option(words),
  uiLocales: fc.option(words),
  requestedLoa: fc.integer({ min: -1, max: 5 }),
  loaForced: fc.boolean(),
  kcAction: fc.option(words),
  scope: words,
  parameters: fc.dictionary(fc.constantFrom('state', 'nonce', 'response_type'), words),
})
const state: fc.Arbitrary<LoginState> = fc.record({
  id: words,
  tabId: words,
  realmId: fc.constant('realm'),
  clientUuid: fc.uuid(),
  expiresAt: fc.nat(),
  request: text,
  purpose: fc.constantFrom('browser', 'registration', 'reset-credentials'),
  executions: fc.dictionary(
    fc.constantFrom('1a2b3c4d', '5e6f7a8b'),
    fc.constantFrom('success', 'attempted', 'challenged', 'setup', 'failed'),
  ),
  conditions: fc.dictionary(fc.constantFrom('1a2b3c4d', '5e6f7a8b'), fc.boolean()),
  userId: fc.option(fc.uuid()),
  attemptedUsername: fc.option(words),
  sessionId: fc.option(words),
  proved: fc.constant(false),
  authenticated: fc.constant(false),
  requiredActions: fc.array(words, { maxLength: 2 }),
  notes: fc.dictionary(fc.constantFrom('remember_me', 'locale', 'loa-map'), words),
  ver: fc.constant(0),
})

describe('what is sealed', () => {
  it('opens as it was, for its kind, realm and browser only', async () => {
    const property = fc.asyncProperty(state, words, words, async (kept, realmId, browserId) => {
      const visited = visitOf(kept)
      if (visited === null) throw new Error('a visit can be sealed')
      const sealed = await seals.seal(sealedVisit, to, visited)
      const opened = await seals.open(sealedVisit, to, sealed)
      expect(opened && stateOf(opened, 'realm')).toEqual(kept)
      for (const other of kinds.filter((kind) => kind !== sealedVisit)) {
        expect(await seals.open(anything(other.name), to, sealed)).toBeUndefined()
      }
      if (realmId !== to.realmId) {
        expect(await seals.open(sealedVisit, { ...to, realmId }, sealed)).toBeUndefined()
      }
      if (browserId !== to.browserId) {
        expect(await seals.open(sealedVisit, { ...to, browserId }, sealed)).toBeUndefined()
      }
    })
    await fc.assert(property, runs)
  })

  it('does not open when a bit of it is another', async () => {
    const property = fc.asyncProperty(
      state,
      fc.nat(),
      fc.nat({ max: 7 }),
      async (kept, at, bit) => {
        const visited = visitOf(kept)
        if (visited === null) throw new Error('a visit can be sealed')
        const sealed = await seals.seal(sealedVisit, to, visited)
        const bytes = Buffer.from(sealed.slice('key.'.length), 'base64url')
        const place = at % bytes.length
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit)
        const changed = `key.${bytes.toString('base64url')}`
        expect(await seals.open(sealedVisit, to, changed)).toBeUndefined()
      },
    )
    await fc.assert(property, runs)
  })

  it('is refused when it says what its sealer never says', async () => {
    const lies = fc.oneof(
      fc.constantFrom<[string, unknown][]>(
        ['proved', true],
        ['proved', false],
        ['authenticated', true],
        ['ver', 1],
        ['realmId', 'realm'],
      ),
      fc.tuple(words, fc.jsonValue()),
    )
    const property = fc.asyncProperty(state, lies, async (kept, [name, value]) => {
      const visited = visitOf(kept)
      fc.pre(visited !== null && !(name in visited))
      const forged = await seals.seal(anything(sealedVisit.name), to, { ...visited, [name]: value })
      // JSON.parse makes a member of this name, which is no own member of the object that was sealed.
      fc.pre(name !== '__proto__')
      expect(await seals.open(sealedVisit, to, forged)).toBeUndefined()
    })
    await fc.assert(property, runs)
  })

  it('is refused when its notes tell of a proof', async () => {
    const names = fc.constantFrom(
      'used-credentials',
      'SSO_AUTH',
      'level-of-authentication',
      'consented',
      'kc_action_status',
      'totp-secret',
    )
    const property = fc.asyncProperty(state, names, words, async (kept, name, value) => {
      const notes = { ...kept.notes, [name]: value }
      expect(visitOf({ ...kept, notes })).toBeNull()
      const forged = await seals.seal(anything(sealedVisit.name), to, { ...visitOf(kept), notes })
      expect(await seals.open(sealedVisit, to, forged)).toBeUndefined()
    })
    await fc.assert(property, runs)
  })

  it('is nothing that throws, whatever is sent', async () => {
    const property = fc.asyncProperty(
      fc.oneof(
        fc.string({ maxLength: 300 }),
        fc.base64String().map((code) => `key.${code}`),
      ),
      fc.constantFrom(...kinds),
      async (sent, kind) => {
        expect(await seals.open(kind, to, sent)).toBeUndefined()
      },
    )
    await fc.assert(property, runs)
  })

  it('has another key in each realm and for each kind, and never the same text twice', async () => {
    const reference = { id: 'i', tabId: 't', ver: 1 }
    const all = await Promise.all(
      Array.from({ length: 50 }, () => seals.seal(sealedRow, to, reference)),
    )
    expect(new Set(all).size).toBe(all.length)
    const vectors = all.map((sealed) => sealed.slice('key.'.length, 'key.'.length + 16))
    expect(new Set(vectors).size).toBe(all.length)
  })
})
