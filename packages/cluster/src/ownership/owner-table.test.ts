import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OwnerCandidate, OwnerTable, segmentCount, segmentOf } from './owner-table.ts'

const place = fc.option(fc.constantFrom('a', 'b', 'c', 'd'))
const member = fc.record({ id: fc.uuid(), site: place, rack: place, machine: place })
const members = fc.uniqueArray(member, { minLength: 1, maxLength: 12, selector: ({ id }) => id })
const segments = Array.from({ length: segmentCount }, (_, segment) => segment)
const plain = (id: string, weight = 1): OwnerCandidate => ({
  id,
  site: null,
  rack: null,
  machine: null,
  weight,
})
const many = (count: number) => Array.from({ length: count }, (_, at) => plain(`node-${at}`))

describe('owners of segments', () => {
  test('are distinct members, as many as asked for and there are', () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 4 }), (view, copies) => {
        const table = new OwnerTable(view, copies)
        for (const segment of segments) {
          const owners = table.owners(segment)
          expect(new Set(owners).size).toBe(Math.min(copies, view.length))
        }
      }),
      { numRuns: 30 },
    )
  })

  test('do not depend on the order in which members are listed', () => {
    fc.assert(
      fc.property(members, (view) => {
        const [one, other] = [new OwnerTable(view, 2), new OwnerTable(view.toReversed(), 2)]
        for (const segment of segments) expect(one.owners(segment)).toEqual(other.owners(segment))
      }),
      { numRuns: 30 },
    )
  })

  test('stand on different sites when there are as many sites as copies; then racks; then machines', () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 2, max: 3 }), (view, copies) => {
        const table = new OwnerTable(view, copies)
        const distinct = (owners: readonly OwnerCandidate[], of: (m: OwnerCandidate) => string) =>
          new Set(owners.map(of)).size
        const places = [
          (m: OwnerCandidate) => `${m.site}`,
          (m: OwnerCandidate) => `${m.site}/${m.rack}`,
          (m: OwnerCandidate) => `${m.site}/${m.rack}/${m.machine}`,
        ]
        for (const segment of segments) {
          const owners = table
            .owners(segment)
            .map((id) => view.find((m) => m.id === id) as OwnerCandidate)
          for (const of of places) {
            const possible = Math.min(owners.length, distinct(view, of))
            // A coarser place goes first, so only the coarsest is certain to be spread as far as possible.
            if (
              of === places[0] ||
              (distinct(view, places[0] as typeof of) === 1 && of === places[1])
            ) {
              expect(distinct(owners, of)).toBe(possible)
            }
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  test('a member that leaves moves only what it owned, and about its share', () => {
    const before = new OwnerTable(many(8), 1)
    const after = new OwnerTable(many(8).slice(1), 1)
    const moved = segments.filter(
      (segment) => before.owners(segment)[0] !== after.owners(segment)[0],
    )
    expect(moved).toEqual(before.primarySegments('node-0'))
    expect(moved.length).toBeGreaterThan(segmentCount / 8 / 3)
    expect(moved.length).toBeLessThan((segmentCount / 8) * 3)
  })

  test('are shared in proportion to weights, and a weight of 0 gets none', () => {
    const table = new OwnerTable([plain('light', 1), plain('heavy', 3), plain('none', 0)], 1)
    const share = table.primarySegments('heavy').length / segmentCount
    expect(share).toBeGreaterThan(0.65)
    expect(share).toBeLessThan(0.85)
    expect(table.primarySegments('none')).toEqual([])
  })

  test('keys spread over all segments', () => {
    const used = new Set(Array.from({ length: 5_000 }, (_, at) => segmentOf(`session-${at}`)))
    expect(used.size).toBe(segmentCount)
    expect(new OwnerTable([], 2).primary('key')).toBeUndefined()
  })
})
