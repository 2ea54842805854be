/** First and last code point. */
export type CodePointRange = readonly [number, number]

/** A set of code points. */
export type CharacterClass =
  | { readonly kind: 'ranges'; readonly ranges: readonly CodePointRange[] }
  | {
      readonly kind: 'property'
      /** As ECMAScript spells it: `Lu`, `Script=Latin`. */
      readonly name: string
      /** As RE2 spells it; absent where it does not know it. */
      readonly linearName?: string
      readonly negated: boolean
    }
  | { readonly kind: 'union'; readonly parts: readonly CharacterClass[] }
  | { readonly kind: 'intersection'; readonly parts: readonly CharacterClass[] }
  | { readonly kind: 'not'; readonly part: CharacterClass }

/** A set as one pair of brackets without others inside can say it. */
export interface FlatClass {
  readonly ranges: readonly CodePointRange[]
  readonly properties: readonly { readonly name: string; readonly negated: boolean }[]
  /** Everything else than these. */
  readonly negated: boolean
}

export const lastCodePoint = 0x10ffff

/** @param ends pairs of first and last character, `azAZ` for example */
export function rangesOf(ends: string): CharacterClass {
  const points = [...ends].map((character) => character.codePointAt(0) ?? 0)
  const ranges: CodePointRange[] = []
  for (let at = 0; at + 1 < points.length; at += 2) {
    ranges.push([points[at] ?? 0, points[at + 1] ?? 0])
  }
  return { kind: 'ranges', ranges }
}

/** @returns the set of one code point */
export function single(codePoint: number): CharacterClass {
  return { kind: 'ranges', ranges: [[codePoint, codePoint]] }
}

export function not(part: CharacterClass): CharacterClass {
  if (part.kind === 'ranges') return { kind: 'ranges', ranges: complement(part.ranges) }
  if (part.kind === 'property') return { ...part, negated: !part.negated }
  return part.kind === 'not' ? part.part : { kind: 'not', part }
}

/** @returns all code points outside of these */
export function complement(ranges: readonly CodePointRange[]): CodePointRange[] {
  const outside: CodePointRange[] = []
  let next = 0
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (first > next) outside.push([next, first - 1])
    next = Math.max(next, last + 1)
  }
  if (next <= lastCodePoint) outside.push([next, lastCodePoint])
  return outside
}

/** @returns the code points that are in both */
export function intersection(
  a: readonly CodePointRange[],
  b: readonly CodePointRange[],
): CodePointRange[] {
  return complement([...complement(a), ...complement(b)])
}

/** @returns the set in one pair of brackets, or undefined where that cannot be said */
export function flat(set: CharacterClass): FlatClass | undefined {
  switch (set.kind) {
    case 'ranges':
      return { ranges: set.ranges, properties: [], negated: false }
    case 'property': {
      if (set.linearName === undefined) return undefined
      const property = { name: set.linearName, negated: set.negated }
      return { ranges: [], properties: [property], negated: false }
    }
    case 'union':
      return flatUnion(set.parts)
    case 'intersection': {
      const parts = set.parts.map(onlyRanges)
      if (parts.some((part) => part === undefined)) return undefined
      const all = complement([])
      const ranges = parts.reduce<CodePointRange[]>(
        (met, part) => intersection(met, part ?? []),
        all,
      )
      return { ranges, properties: [], negated: false }
    }
    case 'not': {
      const part = flat(set.part)
      return part && { ...part, negated: !part.negated }
    }
  }
}

/** @returns the ranges of a set that consists of nothing else */
export function onlyRanges(set: CharacterClass): readonly CodePointRange[] | undefined {
  const found = flat(set)
  if (found === undefined || found.properties.length > 0) return undefined
  return found.negated ? complement(found.ranges) : found.ranges
}

function flatUnion(parts: readonly CharacterClass[]): FlatClass | undefined {
  const ranges: CodePointRange[] = []
  const properties: { name: string; negated: boolean }[] = []
  for (const part of parts) {
    const found = flat(part)
    if (found === undefined) return undefined
    if (found.negated && found.properties.length > 0) return undefined
    ranges.push(...(found.negated ? complement(found.ranges) : found.ranges))
    properties.push(...found.properties)
  }
  return { ranges, properties, negated: false }
}

/** Widest range of letters whose other case is looked up one by one. */
const caseRangeMax = 2048

/**
 * @param unicode beyond ASCII too (Java's flag `u`)
 * @returns the set with the other case of each letter in it
 */
export function inEitherCase(set: CharacterClass, unicode: boolean): CharacterClass {
  if (set.kind === 'property') return propertyInEitherCase(set)
  if (set.kind !== 'ranges') return set
  const others: CodePointRange[] = []
  for (const [first, last] of set.ranges) {
    const end = unicode && last - first <= caseRangeMax ? last : Math.min(last, 0x7f)
    for (let point = first; point <= end; point++) {
      const character = String.fromCodePoint(point)
      for (const other of [character.toLowerCase(), character.toUpperCase()]) {
        const otherPoint = other.codePointAt(0) ?? point
        const whole = String.fromCodePoint(otherPoint) === other
        if (otherPoint !== point && whole && (unicode || otherPoint <= 0x7f)) {
          others.push([otherPoint, otherPoint])
        }
      }
    }
  }
  return others.length === 0 ? set : { kind: 'ranges', ranges: [...set.ranges, ...others] }
}

/** Letters of one case stand for letters of each, as in Java. */
function propertyInEitherCase(set: CharacterClass & { kind: 'property' }): CharacterClass {
  if (!['Lu', 'Ll', 'Lt', 'Uppercase', 'Lowercase'].includes(set.name)) return set
  const parts = ['Lu', 'Ll', 'Lt'].map(
    (name): CharacterClass => ({ kind: 'property', name, linearName: name, negated: false }),
  )
  const cased: CharacterClass = { kind: 'union', parts }
  return set.negated ? not(cased) : cased
}
