import { describe, expect, it } from 'vitest'
import { ownRealm } from './realm.ts'

const realm = ownRealm({ adminEventsEnabled: true })

interface Group {
  readonly id: string
  readonly name: string
  readonly path: string
}

async function group(name: string, parent?: string): Promise<string> {
  return await realm.create(parent ? `/groups/${parent}/children` : '/groups', { name })
}

async function defaults(): Promise<string[]> {
  return (await realm.get<Group[]>('/default-groups')).map(({ path }) => path)
}

async function operationsOf(id: string): Promise<string[]> {
  const path = encodeURIComponent(`*${id}*`)
  const events = await realm.get<{ operationType: string }[]>(`/admin-events?resourcePath=${path}`)
  return events.map(({ operationType }) => operationType)
}

async function move(id: string, parent: string | null): Promise<number> {
  const { name } = await realm.get<Group>(`/groups/${id}`)
  const path = parent === null ? '/groups' : `/groups/${parent}/children`
  return (await realm.send(path, { method: 'POST', body: { id, name } })).status
}

describe('a change of a group', () => {
  it('without a description clears it, without attributes keeps them', async () => {
    const id = await group('described')
    const body = { name: 'described', description: 'd', attributes: { a: ['b'] } }
    await realm.send(`/groups/${id}`, { method: 'PUT', body })
    await realm.send(`/groups/${id}`, { method: 'PUT', body: { name: 'described' } })
    const found = await realm.get(`/groups/${id}`)
    expect(found).not.toHaveProperty('description')
    expect(found).toMatchObject({ attributes: { a: ['b'] } })
  })

  it('that is refused leaves no trace', async () => {
    const id = await group('first')
    await group('second')
    const before = await realm.get(`/groups/${id}`)
    const body = { name: 'second', description: 'changed' }
    expect((await realm.send(`/groups/${id}`, { method: 'PUT', body })).status).toBe(409)
    expect((await realm.send('/groups', { method: 'POST', body: { name: 'first' } })).status).toBe(
      409,
    )
    expect(await realm.get(`/groups/${id}`)).toEqual(before)
    expect(await operationsOf(id)).toEqual(['CREATE'])
  })

  it('takes the default groups along, wherever it goes', async () => {
    const outer = await group('outer')
    const inner = await group('inner', outer)
    const other = await group('other')
    await realm.send(`/default-groups/${inner}`, { method: 'PUT' })
    expect(await defaults()).toEqual(['/outer/inner'])
    await realm.send(`/groups/${outer}`, { method: 'PUT', body: { name: 'renamed' } })
    expect(await defaults()).toEqual(['/renamed/inner'])
    expect(await move(outer, other)).toBe(204)
    expect(await defaults()).toEqual(['/other/renamed/inner'])
    expect(await move(inner, null)).toBe(204)
    expect(await defaults()).toEqual(['/inner'])
    await realm.send(`/groups/${inner}`, { method: 'DELETE' })
    expect(await defaults()).toEqual([])
    expect(await operationsOf(inner)).toEqual(['DELETE', 'UPDATE', 'CREATE'])
  })

  it('never nests groups in each other, however many move at once', async () => {
    const names = ['ring-1', 'ring-2', 'ring-3']
    const ids = await Promise.all(names.map((name) => group(name)))
    const statuses = await Promise.all(
      ids.map((id, index) => move(id, ids[(index + 1) % ids.length] ?? null)),
    )
    expect(statuses.filter((status) => status === 204).length).toBeLessThan(ids.length)
    for (const id of ids) {
      expect(await realm.get(`/groups/${id}`)).toMatchObject({
        path: expect.stringMatching(/^\/ring/),
      })
    }
  })

  it('of many at once keeps what each of them wrote last', async () => {
    const id = await group('busy')
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((description) =>
        realm.send(`/groups/${id}`, { method: 'PUT', body: { name: 'busy', description } }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204])
  })
})

describe('a search for groups', () => {
  const names = async (path: string) =>
    (await realm.get<Group[]>(path)).map(({ name }) => name).toSorted()

  it('takes a star for any text, begins at the beginning below a group, and anywhere else', async () => {
    const top = await group('search-top')
    await group('Sub one', top)
    await group('sub_two', top)
    const below = `/groups/${top}/children?search=`
    expect(await names(`${below}SUB`)).toEqual(['Sub one', 'sub_two'])
    expect(await names(`${below}two`)).toEqual([])
    expect(await names(`${below}*two`)).toEqual(['sub_two'])
    expect(await names(`${below}s*o`)).toEqual(['Sub one', 'sub_two'])
    expect(await names(`${below}sub_`)).toEqual(['sub_two'])
    expect(await names('/groups?search=ub_tw&populateHierarchy=false')).toEqual(['sub_two'])
    expect(await names('/groups?search=u*one&populateHierarchy=false')).toEqual(['Sub one'])
    expect(await realm.get('/groups/count?search=ub_t&top=true')).toEqual({ count: 1 })
    expect(await names('/groups?search=')).toContain('search-top')
  })

  it('is for names that fit', async () => {
    const answer = await realm.send('/groups', { method: 'POST', body: { name: 'x'.repeat(256) } })
    expect(answer.status).toBe(400)
    await group('x'.repeat(255))
  })
})
