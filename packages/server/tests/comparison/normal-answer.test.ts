import { describe, expect, it } from 'vitest'
import type { HttpAnswer } from '../harness/http-exchange.ts'
import { answerDifferences } from './answer-differences.ts'
import { judge } from './known-differences.ts'
import { type NormalAnswer, normalAnswer } from './normal-answer.ts'

/** An answer as a server gives it, with ids, times and names of its own. */
function normalFrom(origin: string, id: string, body: object, headers = {}): NormalAnswer {
  const answer: HttpAnswer = {
    status: 200,
    headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
    setCookies: [`KC_X=${id}; Path=/realms/compare-${id}/; Max-Age=36000; Version=1`],
    body: JSON.stringify(body),
    bytes: Buffer.alloc(0),
  }
  const values = new Map([
    [`compare-${id}`, 'realm'],
    [id, 'user'],
  ])
  return normalAnswer(answer, { origin, values, ordered: false })
}

const token = (claims: object): string =>
  ['{"alg":"RS256","kid":"abc"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

const first = { origin: 'http://localhost:1', id: 'e8b2b4a5-0d4b-4c6b-9f00-2f2f7a4c1e11' }
const second = { origin: 'http://127.0.0.1:2', id: 'aaaaaaaa-0d4b-4c6b-9f00-2f2f7a4c1e22' }
const bodyOf = ({ origin, id }: typeof first, at: number, list: readonly string[]) => ({
  id,
  iss: `${origin}/realms/compare-${id}`,
  createdTimestamp: at * 1000,
  expires_in: 300 - (at % 5),
  list,
  access_token: token({ exp: at, jti: `onrtac:${id}`, name: 'Alice' }),
})

describe('the comparison of two servers', () => {
  it('finds nothing where ids, times, names and orders differ', () => {
    const keycloak = normalFrom(first.origin, first.id, bodyOf(first, 1_800_000_000, ['a', 'b']))
    const holdfast = normalFrom(second.origin, second.id, bodyOf(second, 1_800_000_001, ['b', 'a']))
    expect(answerDifferences(keycloak, holdfast)).toEqual([])
    expect(JSON.stringify(keycloak.body)).toContain('onrtac:<user>')
  })

  it('names a claim, a header, an element and a member that differ', () => {
    const keycloak = normalFrom(first.origin, first.id, bodyOf(first, 1_800_000_000, ['a', 'b']))
    const other = {
      ...bodyOf(second, 1_800_000_000, ['a', 'c']),
      extra: 1,
      access_token: token({ sub: 'x' }),
    }
    const holdfast = normalFrom(second.origin, second.id, other, { 'cache-control': 'no-store' })
    const places = answerDifferences(keycloak, holdfast).map((line) => line.split(':')[0])
    expect(places.toSorted()).toEqual([
      'body.access_token.token.payload.exp',
      'body.access_token.token.payload.jti',
      'body.access_token.token.payload.name',
      'body.access_token.token.payload.sub',
      'body.extra',
      'body.list[b]',
      'body.list[c]',
      'headers.cache-control',
    ])
  })

  it('takes out what is known to differ, and names what no longer does', () => {
    const lines = ['make: body.a: 1 instead of 2', 'make: body.ab: 1 instead of 2']
    const known = { at: 'make: body.a', why: 'for a reason' }
    const mended = { at: 'read*', why: 'for another reason' }
    expect(judge(lines, [known, mended], [])).toEqual({
      unknown: ['make: body.ab: 1 instead of 2'],
      stale: [mended],
    })
  })
})
