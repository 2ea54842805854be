import { describe, expect, test } from 'vitest'
import { resolveBindAddress } from './bind-address.ts'

const machine = [
  { interfaceName: 'lo', address: '127.0.0.1' },
  { interfaceName: 'lo', address: '::1' },
  { interfaceName: 'eth0', address: 'fe80::1' },
  { interfaceName: 'eth0', address: '203.0.113.7' },
  { interfaceName: 'eth1', address: '192.168.4.5' },
  { interfaceName: 'tun0', address: '172.20.0.9' },
  { interfaceName: 'eth2', address: '169.254.3.3' },
]

const deps = (addresses = machine) => ({
  addresses,
  namesOf: async (address: string) => (address === '172.20.0.9' ? ['linux-7.example'] : []),
  addressesOf: async (name: string) => {
    if (name === 'cluster.internal') return ['192.168.4.5']
    throw new Error('ENOTFOUND')
  },
})

describe('the address to listen on', () => {
  test.each([
    [undefined, '192.168.4.5'],
    ['SITE_LOCAL', '192.168.4.5'],
    ['GLOBAL', '203.0.113.7'],
    ['LINK_LOCAL', '169.254.3.3'],
    ['NON_LOOPBACK', '203.0.113.7'],
    ['LOOPBACK', '127.0.0.1'],
    ['match-interface:tun0', '172.20.0.9'],
    ['match-interface:eth.\\*', '203.0.113.7'],
    ['match-address:192.168.*', '192.168.4.5'],
    ['match-host:linux.*', '172.20.0.9'],
    ['match-interface:wlan0,SITE_LOCAL', '192.168.4.5'],
    ['10.9.8.7', '10.9.8.7'],
    ['cluster.internal', '192.168.4.5'],
  ])('for %s is %s', async (given, expected) => {
    expect(await resolveBindAddress(given, deps())).toBe(expected)
  })

  test('GLOBAL falls back to a site-local one, the default to what there is', async () => {
    const only = (address: string) => deps([{ interfaceName: 'x', address }])
    expect(await resolveBindAddress('GLOBAL', only('10.0.0.1'))).toBe('10.0.0.1')
    expect(await resolveBindAddress(undefined, only('203.0.113.7'))).toBe('203.0.113.7')
    expect(await resolveBindAddress(undefined, only('127.0.0.1'))).toBe('127.0.0.1')
  })

  test.each(['match-interface:eth', 'match-address:8.*', 'match-host:web.*', 'nowhere.internal'])(
    '%s matches nothing and is refused with the setting and what the machine has',
    async (given) => {
      await expect(resolveBindAddress(given, deps())).rejects.toThrow(
        `cache-embedded-network-bind-address=${given} matches no address`,
      )
    },
  )

  test('a broken expression is refused', async () => {
    await expect(resolveBindAddress('match-host:(', deps())).rejects.toThrow(
      'no regular expression',
    )
  })
})
