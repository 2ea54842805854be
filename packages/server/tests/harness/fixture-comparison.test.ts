import { describe, expect, it } from 'vitest'
import { differences, type RecordedExchange } from './fixture-comparison.ts'
import type { HttpAnswer } from './http-exchange.ts'

const recorded: RecordedExchange = {
  status: 400,
  headers: { 'content-type': 'application/json', 'x-frame-options': 'SAMEORIGIN', date: 'then' },
  body: {
    error: 'invalid_grant',
    iss: 'http://127.0.0.1:8080/realms/acme',
    exp: 1,
    list: [{ a: 1 }],
  },
}
const origin = 'http://127.0.0.1:4711'

function answer(change: Partial<HttpAnswer> = {}): HttpAnswer {
  const body = {
    error: 'invalid_grant',
    iss: 'http://127.0.0.1:4711/realms/acme',
    exp: 2,
    list: [{ a: 2 }, { a: 3 }],
  }
  return {
    status: 400,
    headers: { 'content-type': 'application/json', 'x-frame-options': 'SAMEORIGIN' },
    setCookies: [],
    body: JSON.stringify(body),
    bytes: Buffer.alloc(0),
    ...change,
  }
}

describe('the comparison with a recording', () => {
  it('finds nothing where only values of a server differ', () => {
    expect(differences(recorded, answer(), { origin })).toEqual([])
  })

  it('names a status, a header and a body that differ', () => {
    const found = differences(
      recorded,
      answer({
        status: 401,
        headers: { 'content-type': 'text/plain', 'x-other': '1' },
        body: '{"error":"invalid_client","exp":"2","list":[],"extra":1}',
      }),
      { origin },
    )
    expect(found.map((line) => line.split(':')[0])).toEqual([
      'status',
      'header content-type',
      'header x-frame-options',
      'header x-other',
      'body.error',
      'body.iss',
      'body.exp',
      'body.list',
      'body.extra',
    ])
  })

  it('takes any refusal where Keycloak failed itself', () => {
    expect(differences({ status: 500 }, answer({ headers: {} }), { origin })).toEqual([])
  })
})
