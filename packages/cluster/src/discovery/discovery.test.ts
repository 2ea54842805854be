import { describe, expect, test } from 'vitest'
import { DiscoveryMonitor } from './discovery-monitor.ts'
import { DnsDiscovery } from './dns-discovery.ts'
import { jgroupsProperties } from './jgroups-properties.ts'
import { MulticastDiscovery } from './multicast-discovery.ts'
import { stackNamed } from './stack.ts'
import { parseInitialHosts, StaticDiscovery } from './static-discovery.ts'

const quiet = () => undefined
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }

describe('jgroups properties', () => {
  test('are read under their names, those without effect are named, a port that is none is refused', () => {
    const given = new Map([
      ['jgroups.dns.query', 'kc-headless.svc'],
      ['jgroups.bind.port', '7900'],
      ['jgroups.mcast_addr', '239.1.1.1'],
      ['jgroups.fd.port-offset', '1'],
      ['user.home', '/root'],
    ])
    expect(jgroupsProperties(given)).toEqual({
      dnsQuery: 'kc-headless.svc',
      bindPort: 7_900,
      multicastAddress: '239.1.1.1',
      ignored: ['jgroups.fd.port-offset'],
    })
    const bad = new Map([['jgroups.mcast_port', '99999']])
    expect(() => jgroupsProperties(bad)).toThrow('-Djgroups.mcast_port=99999 is no port')
  })
})

describe('discovery', () => {
  const resolver = {
    addressesOf: async (name: string) => (name === 'six' ? ['fd00::1'] : ['10.0.0.1', '10.0.0.2']),
    resolveSrv: async () => [
      { name: 'six', port: 7_801 },
      { name: 'pod', port: 7_802 },
    ],
  }

  test('by DNS asks for addresses, and SRV for a service name', async () => {
    expect(await new DnsDiscovery('pods', 7_800, resolver).find()).toEqual([
      '10.0.0.1:7800',
      '10.0.0.2:7800',
    ])
    expect(await new DnsDiscovery('six', 7_800, resolver).find()).toEqual(['[fd00::1]:7800'])
    expect(await new DnsDiscovery('_ping._tcp.pods', 7_800, resolver).find()).toEqual([
      '[fd00::1]:7801',
      '10.0.0.1:7802',
      '10.0.0.2:7802',
    ])
  })

  test('by a static list resolves names and skips those that have no address', async () => {
    const hosts = parseInitialHosts('10.0.0.1[7801], b.example:7802, gone.example', 7_800)
    const found = new StaticDiscovery(hosts, async (name) => {
      if (name === 'gone.example') throw new Error('ENOTFOUND')
      return name === 'b.example' ? ['10.0.0.9'] : [name]
    })
    expect(await found.find()).toEqual(['10.0.0.1:7801', '10.0.0.9:7802'])
    expect(() => parseInitialHosts('a[b]', 7_800)).toThrow('not host[port]')
  })

  test('by multicast hears the other nodes of its own cluster', async () => {
    const node = (id: string, cluster: string) =>
      new MulticastDiscovery({
        cluster,
        node: id,
        address: `10.0.0.${id}:7800`,
        bindAddress: '127.0.0.1',
        group: '239.6.7.8',
        port: 22_655,
        log,
        now: () => performance.now(),
      })
    const nodes = [node('1', 'ISPN'), node('2', 'ISPN'), node('3', 'OTHER')]
    for (const each of nodes) await each.open()
    await new Promise((resolve) => setTimeout(resolve, 200))
    const heard = await Promise.all(nodes.map((each) => each.find()))
    for (const each of nodes) await each.close()
    expect(heard).toEqual([['10.0.0.2:7800'], ['10.0.0.1:7800'], []])
  })

  test('tells of a node that is not in the view once it was seen twice, and once only', async () => {
    const warnings: string[] = []
    let now = 0
    const monitor = new DiscoveryMonitor({
      discovery: {
        description: 'test',
        find: async () => ['10.0.0.1:7800', '10.0.0.6:7800'],
        close: async () => undefined,
      },
      log: { ...log, warn: (_fields, message) => warnings.push(message) },
      now: () => now,
      members: () => ['10.0.0.1:7800'],
      intervalMs: 1_000,
      complaintIntervalMs: 60_000,
    })
    await monitor.look()
    expect(warnings).toEqual([])
    await monitor.look()
    await monitor.look()
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('10.0.0.6:7800')
    expect(monitor.strangers).toEqual(['10.0.0.6:7800'])
    now = 60_001
    await monitor.look()
    expect(warnings).toHaveLength(2)
  })
})

test("stacks have Keycloak's names, and an unknown one is refused by name", () => {
  expect(stackNamed(undefined, []).name).toBe('jdbc-ping')
  expect(stackNamed('kubernetes', []).discovery).toBe('dns')
  expect(stackNamed('mine', [{ name: 'mine', discovery: 'static', tls: true }]).discovery).toBe(
    'static',
  )
  expect(() => stackNamed('tpc', [])).toThrow(/cache-stack=tpc is not known; known are jdbc-ping,/)
})
