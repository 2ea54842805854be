import type { ModulePlaces } from './module-places.ts'

/** What V8's profiler gives (Chrome DevTools protocol, `Profiler.Profile`); times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      /** From zero; -1 where there is no source. */
      readonly lineNumber: number
    }
    readonly children?: readonly number[]
  }[]
  /** The node that was found at each sample. */
  readonly samples: readonly number[]
  /** Time from the sample before. */
  readonly timeDeltas: readonly number[]
}

/** A function where it was called, and those that it called. */
export interface Frame {
  readonly name: string
  /** The module that it is from: `http/json-answer`, `fastify`, `node:net`; `V8` where it has no source. */
  readonly place: string
  /** In the function itself. */
  readonly self: number
  /** In it and all that it called. */
  readonly total: number
  readonly calls: readonly Frame[]
}

/** Where nothing ran. */
const idle = '(idle)'
/** Who begins and ends the profile: what it does is not the server's. */
const profiler = '/anatomy/profile-on-signal.js'

/** @returns the root, in which all the others were called; what was idle is left out */
export function framesOf(profile: CpuProfile, places: ModulePlaces): Frame {
  const selves = new Map<number, number>()
  profile.samples.forEach((id, index) => {
    selves.set(id, (selves.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0))
  })
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const frameOf = (id: number): Frame | undefined => {
    const node = nodes.get(id)
    if (node === undefined || node.callFrame.functionName === idle) return undefined
    if (node.callFrame.url.includes(profiler)) return undefined
    const calls = (node.children ?? []).map(frameOf).filter((frame) => frame !== undefined)
    const self = selves.get(id) ?? 0
    const total = calls.reduce((sum, call) => sum + call.total, self)
    if (total === 0) return undefined
    const { functionName, url, lineNumber } = node.callFrame
    return {
      name: functionName || '(anonymous)',
      place: places.of(url, lineNumber),
      self,
      total,
      calls: calls.toSorted((a, b) => b.total - a.total),
    }
  }
  const root = profile.nodes[0] && frameOf(profile.nodes[0].id)
  if (root === undefined) throw new Error('nothing ran in that time')
  return root
}

/** Every function once, wherever it was called from, with the time in itself; those that took most come first. */
export function bySelfTime(root: Frame): { name: string; place: string; micros: number }[] {
  const found = new Map<string, { name: string; place: string; micros: number }>()
  const visit = ({ name, place, self, calls }: Frame): void => {
    const key = `${name} ${place}`
    const known = found.get(key)
    if (known === undefined) found.set(key, { name, place, micros: self })
    else known.micros += self
    calls.forEach(visit)
  }
  visit(root)
  return [...found.values()].toSorted((a, b) => b.micros - a.micros)
}
