import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChaosCluster } from './chaos-cluster.ts'
import { chaosUnavailable } from './chaos-tools.ts'
import { cutDatabase, cutMesh, frozenNode, killedNode } from './faults.ts'
import { playFault } from './play-fault.ts'

const unavailable = chaosUnavailable()
if (unavailable !== null) console.warn(unavailable)

/** The short form of `npm run chaos`; that one plays every fault. */
describe.skipIf(unavailable !== null)('three nodes under load', { timeout: 120_000 }, () => {
  let cluster: ChaosCluster
  beforeAll(async () => {
    cluster = await ChaosCluster.start({ labNumber: 41 })
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
  })

  it.each([
    { ...killedNode, lastsMs: 3_000 },
    frozenNode(4_000),
    { ...cutMesh, lastsMs: 5_000 },
    { ...cutDatabase, lastsMs: 8_000 },
  ])('keep what they promise: $name', async (fault) => {
    const { broken, unjudged } = await playFault(cluster, fault, 'unless overloaded')
    for (const text of unjudged) console.warn(text)
    expect(broken).toEqual([])
  })
})
