import { describe, expect, it } from 'vitest'
import { proxyOf } from '../http/outgoing-proxies.ts'
import { outgoingRules } from './outgoing-choice.ts'
import type { SettingValues } from './setting-values.ts'

const option = 'spi-connections-http-client--default--proxy-mappings'

function rules(
  given: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
) {
  const values = {
    text: (name: string) => given[name],
    list: (name: string) => given[name]?.split(',') ?? [],
  } as unknown as SettingValues
  return outgoingRules(values, {}, (name) => environment[name])
}

describe('proxies of outgoing requests', () => {
  const through = (set: ReturnType<typeof rules>, host: string) => proxyOf(set.proxies, host)?.host

  it('are mapped in order', () => {
    const set = rules({
      [option]: String.raw`.*\.inner\.test;NO_PROXY, .*\.test;http://p.test:8080`,
    })
    expect(through(set, 'a.inner.test')).toBeUndefined()
    expect(through(set, 'a.test')).toBe('p.test:8080')
    expect(through(set, 'a.test.org')).toBeUndefined()
  })

  it('come from the environment where no option is given', () => {
    const environment = { https_proxy: 'http://e.test:3128', NO_PROXY: 'inner.test,.local' }
    const set = rules({}, environment)
    expect(through(set, 'a.test')).toBe('e.test:3128')
    for (const host of ['inner.test', 'a.inner.test', 'b.local']) {
      expect(through(set, host)).toBeUndefined()
    }
    expect(through(set, 'notinner.test')).toBe('e.test:3128')
    const mapped = rules({ [option]: 'x;http://p.test' }, environment)
    expect(through(mapped, 'a.test')).toBeUndefined()
  })

  it.each(['a.test', 'a;ftp://p', '([;http://p'])('are refused as %s', (text) => {
    expect(() => rules({ [option]: text })).toThrow('Invalid value')
  })
})

describe('private addresses', () => {
  it.each(['10.0.0.0/33', 'host', '10.0.0.0/x', 'all,10.0.0.1'])('are refused as %s', (text) => {
    expect(() => rules({ 'outgoing-private-addresses': text })).toThrow('Invalid value')
  })
  it('are networks, or all', () => {
    const set = (text: string) => rules({ 'outgoing-private-addresses': text }).privateAddresses
    expect(set('all')).toBe('all')
    expect(set('10.0.0.0/8,fd00::/8')).toEqual(['10.0.0.0/8', 'fd00::/8'])
    expect(set('none')).toEqual([])
  })
  it('are those of an organization where nothing is said, and this machine for who is on it', () => {
    const set = (given: Readonly<Record<string, string>>) => rules(given).privateAddresses
    expect(set({})).toContain('10.0.0.0/8')
    expect(set({})).not.toContain('127.0.0.0/8')
    for (const hostname of [
      'localhost',
      'https://localhost:8443/auth',
      '127.0.0.1',
      'http://[::1]',
    ]) {
      expect(set({ hostname })).toBe('all')
    }
    for (const hostname of ['localhost.example.org', 'https://id.example.org', '128.0.0.1']) {
      expect(set({ hostname })).toContain('10.0.0.0/8')
    }
  })
})
