import type { RemoteStore } from '@holdfast/server/remote-stores/remote-store'
import { expect, test } from 'vitest'

/** Callers at once, of which one may win. */
const callers = 20
const lifespanMs = 60_000

/** What every remote store has to do, whatever it is. */
export function itKeepsTheContract(store: () => RemoteStore): void {
  const cache = () => store().cache('authenticationSessions')
  let last = 0
  const newKey = () => `key-${Date.now()}-${last++}`
  const later = () => Date.now() + lifespanMs

  test('it puts what is absent, once', async () => {
    const key = newKey()
    const puts = Array.from({ length: callers }, (_, index) =>
      cache().putIfAbsent(key, `value of ${index} äöü€`, later()),
    )
    const won = (await Promise.all(puts)).indexOf(true)
    expect((await cache().get(key))?.value).toBe(`value of ${won} äöü€`)
  })

  test('it replaces what was read, once, and not what was written anew meanwhile', async () => {
    const key = newKey()
    await cache().putIfAbsent(key, 'first', later())
    const before = await cache().get(key)
    if (before === null) throw new Error('it is gone')
    const replacing = Array.from({ length: callers }, (_, index) =>
      cache().replace(key, before, `second ${index}`, later()),
    )
    expect((await Promise.all(replacing)).filter(Boolean)).toHaveLength(1)
    expect(await cache().replace(key, before, 'third', later())).toBe(false)
    expect(await cache().remove(key)).toMatch(/^second/)
    await cache().putIfAbsent(key, 'first', later())
    expect(await cache().replace(key, before, 'third', later())).toBe(false)
  })

  test('it gives what is removed to one, and knows what never was', async () => {
    const key = newKey()
    await cache().putIfAbsent(key, 'once', later())
    const removing = Array.from({ length: callers }, () => cache().remove(key))
    expect((await Promise.all(removing)).filter((value) => value === 'once')).toHaveLength(1)
    expect(await cache().get(key)).toBeNull()
    expect(await cache().remove(newKey())).toBeNull()
  })

  test('it keeps caches apart, and large values whole', async () => {
    const key = newKey()
    const large = 'x'.repeat(200_000)
    await cache().putIfAbsent(key, large, later())
    expect(await store().cache('loginFailures').get(key)).toBeNull()
    expect((await cache().get(key))?.value).toBe(large)
  })

  test('it ends what has a lifespan, and a replacement has its own', async () => {
    const [short, renewed, endless] = [newKey(), newKey(), newKey()]
    await cache().putIfAbsent(short, 'short', Date.now() + 300)
    await cache().putIfAbsent(renewed, 'short', Date.now() + 800)
    await cache().putIfAbsent(endless, 'endless', null)
    const before = await cache().get(renewed)
    if (before === null) throw new Error('it has ended too early')
    await cache().replace(renewed, before, 'long', Date.now() + 3_456_000_000)
    await new Promise((resolve) => setTimeout(resolve, 900))
    expect(await cache().get(short)).toBeNull()
    expect((await cache().get(renewed))?.value).toBe('long')
    expect((await cache().get(endless))?.value).toBe('endless')
  })
}
