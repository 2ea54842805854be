import { describe, expect, test } from 'vitest'
import { parseCacheFile } from './cache-file.ts'
import { type CacheSettingsSources, effectiveCaches } from './cache-settings.ts'

const sources = (given: Partial<CacheSettingsSources> = {}): CacheSettingsSources => ({
  maxCounts: {},
  file: null,
  mutate: false,
  persistentSessions: true,
  ...given,
})

const byName = (given: Partial<CacheSettingsSources> = {}) =>
  Object.fromEntries(effectiveCaches(sources(given)).caches.map((each) => [each.name, each]))

const fileOf = (inside: string, jgroups = '') =>
  parseCacheFile(`<?xml version="1.0"?>
<infinispan xmlns="urn:infinispan:config:15.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="urn:infinispan:config:15.0 http://www.infinispan.org/schemas/infinispan-config-15.0.xsd">
  ${jgroups}
  <cache-container name="keycloak" statistics="true">
    <transport lock-timeout="60000" stack="mine" cluster="blue"/>
    <!-- caches -->
    ${inside}
  </cache-container>
</infinispan>`)

describe('the configuration of caches', () => {
  test("is Keycloak's by default", () => {
    const caches = byName()
    expect(Object.keys(caches)).toHaveLength(13)
    expect(caches['realms']).toMatchObject({ type: 'invalidation', maxCount: 10_000, owners: null })
    expect(caches['keys']).toMatchObject({ type: 'local', maxCount: 1_000, maxIdleMs: 3_600_000 })
    expect(caches['work']).toMatchObject({ type: 'replicated', maxCount: null })
    expect(caches['sessions']).toMatchObject({ type: 'distributed', owners: 1, maxCount: 10_000 })
    expect(caches['actionTokens']).toMatchObject({ owners: 2, maxCount: null })
  })

  test('takes max-counts from options, ignores negative ones with a word', async () => {
    const maxCounts = { 'cache-embedded-users-max-count': 5, 'cache-embedded-realms-max-count': -1 }
    const { warnings } = effectiveCaches(sources({ maxCounts }))
    expect(byName({ maxCounts })['users']?.maxCount).toBe(5)
    expect(byName({ maxCounts })['realms']?.maxCount).toBe(10_000)
    expect(warnings).toEqual(['Ignoring unbounded max-count for cache "realms"; it stays at 10000'])
  })

  test('refuses to bound what would be forgotten', async () => {
    for (const option of ['action-tokens', 'authentication-sessions', 'login-failures']) {
      const maxCounts = { [`cache-embedded-${option}-max-count`]: 10 }
      expect(() => byName({ maxCounts })).toThrow('cannot have a max-count')
    }
    const file = await fileOf(
      '<distributed-cache name="actionTokens" owners="2"><memory max-count="9"/></distributed-cache>',
    )
    expect(() => byName({ file })).toThrow('cache "actionTokens" cannot have a max-count')
    const few = await fileOf('<distributed-cache name="loginFailures" owners="1"/>')
    expect(() => byName({ file: few })).toThrow('at least 2 owners')
  })

  test('does not bound volatile sessions and gives them two owners', () => {
    const caches = byName({
      persistentSessions: false,
      maxCounts: { 'cache-embedded-sessions-max-count': 5 },
    })
    expect(caches['sessions']).toMatchObject({ owners: 2, maxCount: null })
    expect(caches['offlineSessions']).toMatchObject({ owners: 1, maxCount: 10_000 })
  })

  test("takes the file's values, and warns unless changing defaults is meant", async () => {
    const file =
      await fileOf(`<local-cache name="realms"><encoding media-type="application/x-java-object"/><memory max-count="77"/></local-cache>
      <distributed-cache name="sessions" owners="3"><expiration lifespan="5m" max-idle="-1"/></distributed-cache>
      <distributed-cache name="mine" owners="2"/>`)
    const caches = byName({ file })
    expect(caches['realms']?.maxCount).toBe(77)
    expect(caches['sessions']).toMatchObject({ owners: 3, lifespanMs: 300_000, maxIdleMs: null })
    expect(caches['mine']).toMatchObject({ known: false, type: 'distributed' })
    expect(effectiveCaches(sources({ file })).warnings).toHaveLength(2)
    expect(effectiveCaches(sources({ file, mutate: true })).warnings).toEqual([])
    expect(file).toMatchObject({ stack: 'mine', cluster: 'blue' })
  })

  test('reads custom stacks', async () => {
    const jgroups = `<jgroups><stack name="mine" extends="tcp">
      <TCP external_addr="1.2.3.4"/>
      <TCPPING initial_hosts="\${jgroups.tcpping.initial_hosts:a[7800],b[7800]}" stack.combine="REPLACE"/></stack></jgroups>`
    expect((await fileOf('', jgroups)).stacks).toEqual([
      { name: 'mine', discovery: 'static', tls: true, initialHosts: 'a[7800],b[7800]' },
    ])
  })

  test.each([
    [
      '<distributed-cache name="sessions"><persistence/></distributed-cache>',
      '<persistence> in <distributed-cache>',
    ],
    [
      '<distributed-cache name="sessions" capacity-factor="0"/>',
      'attribute capacity-factor of <distributed-cache>',
    ],
    [
      '<local-cache name="users"><memory max-size="1GB"/></local-cache>',
      'attribute max-size of <memory>',
    ],
    ['<scattered-cache name="x"/>', '<scattered-cache> in <cache-container>'],
    ['<distributed-cache name="a" owners="two"/>', 'owners="two"'],
    ['<local-cache/>', 'it needs a name'],
    [
      '<local-cache name="users"><memory when-full="EXCEPTION"/></local-cache>',
      'when-full=EXCEPTION',
    ],
  ])('stops at what cannot be honoured: %s', async (inside, named) => {
    await expect(fileOf(inside)).rejects.toThrow(named)
  })

  test('refuses what is no XML, another root, and a replicated cache made local', async () => {
    await expect(parseCacheFile('<infinispan>')).rejects.toThrow('no XML')
    await expect(parseCacheFile('<beans/>')).rejects.toThrow('beans')
    const file = await fileOf('<local-cache name="work"/>')
    expect(() => byName({ file })).toThrow('cache "work" must be replicated')
  })
})
