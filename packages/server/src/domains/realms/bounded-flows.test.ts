import fc from 'fast-check'
import { expect, it } from 'vitest'
import { requireBoundedFlows, walkedExecutionsMax } from './bounded-flows.ts'

const flowsMax = 12

/** Flows that name each other, themselves and nothing. */
const flows = fc
  .array(fc.array(fc.option(fc.nat(flowsMax), { nil: undefined }), { maxLength: 6 }), {
    minLength: 1,
    maxLength: flowsMax,
  })
  .map((all) =>
    all.map((names, at) => ({
      alias: `${at}`,
      authenticationExecutions: names.map((name) =>
        name === undefined ? {} : { flowAlias: `${name}` },
      ),
    })),
  )

it('lets pass what can be walked through, and nothing else, of 1,000 realms', () => {
  fc.assert(
    fc.property(flows, (given) => {
      const walk = (alias: string, left: { count: number }, depth: number): void => {
        const flow = given.find((each) => each.alias === alias)
        for (const { flowAlias } of flow?.authenticationExecutions ?? []) {
          left.count -= 1
          if (left.count < 0 || depth > flowsMax) throw new Error('no end')
          if (flowAlias !== undefined) walk(flowAlias, left, depth + 1)
        }
      }
      const ends = given.every(({ alias }) => {
        try {
          walk(alias, { count: walkedExecutionsMax }, 0)
          return true
        } catch {
          return false
        }
      })
      const check = () => requireBoundedFlows({ authenticationFlows: given })
      if (ends) expect(check).not.toThrow()
      else expect(check).toThrow('contains itself')
    }),
    { numRuns: 1_000 },
  )
})
