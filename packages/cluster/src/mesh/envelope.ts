import { FrameError } from './frame.ts'

/** The message versions that this build speaks; a member announces them when it joins and when it connects. */
export const protocolRange = { min: 1, max: 1 } as const

/** What travels in a frame after the greeting. */
export type Envelope =
  | { readonly t: 'request'; readonly id: number; readonly kind: string; readonly body: unknown }
  | { readonly t: 'answer'; readonly id: number; readonly body: unknown }
  | { readonly t: 'refusal'; readonly id: number; readonly reason: string }
  | { readonly t: 'cast'; readonly kind: string; readonly body: unknown }

/** The first frame in each direction. */
export interface Hello {
  readonly magic: 'holdfast'
  readonly cluster: string
  readonly node: string
  readonly incarnation: number
  readonly proto: readonly [number, number]
  /** Set in the answer of a node that does not accept the connection. */
  readonly refused?: string
}

type Fields = Record<string, unknown>

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FrameError('message is not an object')
  }
  return value as Fields
}

/** @throws FrameError when `value` is no envelope; kinds are at most 64 characters */
export function parseEnvelope(value: unknown): Envelope {
  const { t, id, kind, body, reason } = fieldsOf(value) as {
    [name in 't' | 'id' | 'kind' | 'body' | 'reason']?: unknown
  }
  const named = typeof kind === 'string' && kind.length > 0 && kind.length <= 64
  const numbered = typeof id === 'number' && Number.isSafeInteger(id) && id >= 0
  if (t === 'cast' && named) return { t, kind, body }
  if (t === 'request' && named && numbered) return { t, id, kind, body }
  if (t === 'answer' && numbered) return { t, id, body }
  if (t === 'refusal' && numbered && typeof reason === 'string') return { t, id, reason }
  throw new FrameError('message is of no known form')
}

/** @throws FrameError when `value` is no greeting */
export function parseHello(value: unknown): Hello {
  const fields = fieldsOf(value)
  const { magic, cluster, node, incarnation, proto, refused } = fields as {
    [name in keyof Hello]?: unknown
  }
  const range = Array.isArray(proto) ? (proto as unknown[]) : []
  const [min, max] = range
  if (
    magic !== 'holdfast' ||
    typeof cluster !== 'string' ||
    typeof node !== 'string' ||
    typeof incarnation !== 'number' ||
    typeof min !== 'number' ||
    typeof max !== 'number'
  ) {
    throw new FrameError('the greeting is not of this protocol')
  }
  const hello: Hello = { magic, cluster, node, incarnation, proto: [min, max] }
  return typeof refused === 'string' ? { ...hello, refused: refused.slice(0, 200) } : hello
}

/** @returns the highest version that both ranges contain, or null */
export function agreedVersion(
  mine: readonly [number, number],
  theirs: readonly [number, number],
): number | null {
  const version = Math.min(mine[1], theirs[1])
  return version >= Math.max(mine[0], theirs[0]) ? version : null
}
