import { describe, expect, it } from 'vitest'
import type { Client } from '../clients/client.ts'
import { acrOf } from './authentication-level.ts'

const client = (attributes: Record<string, string> = {}) =>
  ({ representation: { attributes } }) as unknown as Client
const levels = new Map([
  ['silver', 1],
  ['gold', 2],
])

describe('acr', () => {
  it('is the highest name that the login reached', () => {
    expect(acrOf(levels, client(), {})).toBe('silver')
    expect(acrOf(levels, client(), { 'level-of-authentication': '2' })).toBe('gold')
  })

  it('is the level where no name fits', () => {
    expect(acrOf(levels, client(), { SSO_AUTH: 'true' })).toBe('0')
    expect(acrOf(new Map(), client(), {})).toBe('1')
  })

  it('is what was asked for, where the login reached it', () => {
    const reached = { 'level-of-authentication': '2' }
    expect(acrOf(levels, client(), { ...reached, acr_values: 'silver' })).toBe('silver')
    const claims = JSON.stringify({ id_token: { acr: { values: ['silver'] } } })
    expect(acrOf(levels, client(), { ...reached, claims })).toBe('silver')
    expect(acrOf(levels, client(), { acr_values: 'gold' })).toBe('silver')
    expect(acrOf(levels, client(), { claims: 'no json' })).toBe('silver')
  })
})
