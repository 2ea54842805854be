import { describe, expect, it } from 'vitest'
import type { Claims } from '../token-context.ts'
import { addAudience, claimPath, setAtPath, writeClaim } from './claim-writer.ts'

function written(config: Record<string, string>, value: unknown): Claims {
  const claims: Claims = {}
  writeClaim(claims, config, claimPath(config['claim.name'] ?? ''), value)
  return claims
}

describe('claims of mappers', () => {
  it.each([
    ['String', ['x', 'y'], 'x'],
    ['int', ['42'], 42],
    ['long', ['1795250262854'], 1_795_250_262_854],
    ['boolean', ['TRUE'], true],
    ['boolean', ['no'], false],
    ['JSON', ['{"a":[1]}'], { a: [1] }],
  ])('have the type %s', (type, value, expected) => {
    expect(written({ 'claim.name': 'c', 'jsonType.label': type }, value)).toEqual({ c: expected })
  })

  it.each([
    ['int', ['many']],
    ['JSON', ['{']],
    ['String', []],
    ['String', undefined],
  ])('are left out when there is no such %s in %j', (type, value) => {
    expect(written({ 'claim.name': 'c', 'jsonType.label': type }, value)).toEqual({})
  })

  it('are lists where the mapper says so', () => {
    const config = { 'claim.name': 'c', 'jsonType.label': 'int', multivalued: 'true' }
    expect(written(config, ['1', 'x', '3'])).toEqual({ c: [1, 3] })
  })

  it('nest by dots, unless a dot is escaped', () => {
    expect(written({ 'claim.name': 'a.b' }, 'x')).toEqual({ a: { b: 'x' } })
    expect(written({ 'claim.name': 'a\\.b.c' }, 'x')).toEqual({ 'a.b': { c: 'x' } })
    const claims: Claims = { a: { first: 1 } }
    setAtPath(claims, ['a', 'second'], 2)
    expect(claims).toEqual({ a: { first: 1, second: 2 } })
  })

  it('cannot replace what only the server says, nor reach a prototype', () => {
    expect(written({ 'claim.name': 'iss' }, 'evil')).toEqual({})
    expect(written({ 'claim.name': 'exp' }, '9')).toEqual({})
    const claims = written({ 'claim.name': '__proto__.polluted' }, 'x')
    expect(Object.keys(claims)).toEqual([])
    expect(({} as Claims)['polluted']).toBeUndefined()
  })

  it('name each audience once', () => {
    const claims: Claims = {}
    for (const audience of ['a', 'b', 'a']) addAudience(claims, audience)
    expect(claims['aud']).toEqual(['a', 'b'])
  })
})
