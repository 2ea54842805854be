import { describe, expect, it } from 'vitest'
import { JwkDocuments } from './jwk-documents.ts'

/** Documents at one address, a clock that is turned by hand, and what was asked for. */
function documents(answers: (() => string)[]) {
  const failures: string[] = []
  let time = 1_000_000
  let fetched = 0
  const known = new JwkDocuments({
    clock: { now: () => time, monotonic: () => time },
    fetchText: async () => {
      const answer = answers[Math.min(fetched, answers.length - 1)]
      fetched += 1
      return answer?.() ?? ''
    },
    onFailure: (_url, reason) => failures.push(reason),
  })
  return {
    failures,
    pass: (ms: number) => {
      time += ms
    },
    kids: async (anew = false) =>
      (await known.of('https://app.test/jwks', anew))?.keys.map(({ kid }) => kid) ?? null,
    fetched: () => fetched,
  }
}

const set = (...kids: string[]) => JSON.stringify({ keys: kids.map((kid) => ({ kty: 'EC', kid })) })
const failing = () => {
  throw new Error('nobody is there')
}

describe('published keys of clients', () => {
  it('are kept of as many addresses as is allowed, of those that were asked for last', async () => {
    const fetched: string[] = []
    const known = new JwkDocuments({
      clock: { now: () => 1_000_000, monotonic: () => 0 },
      documentsMax: 2,
      fetchText: async (url) => {
        fetched.push(url)
        return set('one')
      },
      onFailure: failing,
    })
    for (const url of ['a', 'b', 'a', 'c', 'a', 'b']) await known.of(url, false)
    expect(fetched).toEqual(['a', 'b', 'c', 'b'])
  })

  it('are read once, and again for an unknown key at most once in ten seconds', async () => {
    const at = documents([() => set('one'), () => set('two')])
    expect(await Promise.all([at.kids(), at.kids(), at.kids(true)])).toEqual([
      ['one'],
      ['one'],
      ['one'],
    ])
    expect(await at.kids(true)).toEqual(['one'])
    at.pass(10_000)
    expect(await at.kids()).toEqual(['one'])
    expect(await at.kids(true)).toEqual(['two'])
    expect(at.fetched()).toBe(2)
  })

  it('are read again after an hour', async () => {
    const at = documents([() => set('one'), () => set('two')])
    await at.kids()
    at.pass(3_600_000)
    expect(await at.kids()).toEqual(['two'])
  })

  it('stay as they were when they cannot be read, and the log says why', async () => {
    const at = documents([() => set('one'), failing, () => '{"keys":5}'])
    await at.kids()
    at.pass(3_600_000)
    expect(await at.kids()).toEqual(['one'])
    at.pass(10_000)
    expect(await at.kids()).toEqual(['one'])
    expect(at.failures).toEqual(['nobody is there', 'this is no JWK set'])
  })

  it('that were never read are asked for once in ten seconds', async () => {
    const at = documents([failing])
    for (let count = 0; count < 5; count += 1) expect(await at.kids(true)).toBeNull()
    expect(at.fetched()).toBe(1)
  })

  it('leave out what is secret or no key', async () => {
    const keys = [{ kty: 'oct', k: 'x' }, { kty: 'EC', d: 'x' }, null, 'x', { kid: 'a' }]
    const at = documents([() => JSON.stringify({ keys: [...keys, { kty: 'RSA', kid: 'good' }] })])
    expect(await at.kids()).toEqual(['good'])
  })
})
