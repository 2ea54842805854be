import { type CharacterClass, inEitherCase, not, single } from './character-class.ts'
import type { PatternCursor } from './pattern-cursor.ts'
import type { PatternFlags } from './pattern-flags.ts'
import { readEscape } from './read-escape.ts'

/** Brackets in brackets. */
const depthMax = 50

/**
 * Reads a set behind its `[`: unions, nested sets and intersections (`[a-z&&[^aeiou]]`).
 * @throws PatternProblem
 */
export function readCharacterClass(
  cursor: PatternCursor,
  flags: PatternFlags,
  depth = 0,
): CharacterClass {
  if (depth > depthMax) throw cursor.problem('Character classes nest too deeply')
  const negated = cursor.eat('^')
  const operands: CharacterClass[][] = [[]]
  for (;;) {
    const parts = operands.at(-1) ?? []
    if (cursor.atEnd) throw cursor.problem('Unclosed character class', 1)
    const isFirst = operands.length === 1 && parts.length === 0
    if (cursor.peek() === ']' && !isFirst) break
    if (cursor.eat('&&')) operands.push([])
    else readPart(cursor, flags, depth, parts)
  }
  cursor.next()
  if (operands.some((parts) => parts.length === 0)) throw cursor.problem('Bad class syntax')
  const sets = operands.map(
    (parts): CharacterClass =>
      parts.length === 1 && parts[0] ? parts[0] : { kind: 'union', parts },
  )
  const set: CharacterClass =
    sets.length === 1 && sets[0] ? sets[0] : { kind: 'intersection', parts: sets }
  return negated ? not(set) : set
}

function readPart(
  cursor: PatternCursor,
  flags: PatternFlags,
  depth: number,
  parts: CharacterClass[],
): void {
  if (flags.comments && skipComment(cursor)) return
  if (cursor.eat('[')) {
    parts.push(readCharacterClass(cursor, flags, depth + 1))
    return
  }
  if (cursor.eat('\\Q')) {
    const text = cursor.until('\\E')
    if (text === undefined) throw cursor.problem('Unclosed character class', 1)
    for (const character of text) parts.push(cased(single(codePoint(character)), flags))
    return
  }
  const first = readMember(cursor, flags)
  if (typeof first !== 'number') {
    parts.push(cased(first, flags))
    return
  }
  if (cursor.peek() !== '-' || ['', ']', '['].includes(cursor.peek(1))) {
    parts.push(cased(single(first), flags))
    return
  }
  cursor.next()
  const last = readMember(cursor, flags)
  if (typeof last !== 'number' || last < first) throw cursor.problem('Illegal character range', 1)
  parts.push(cased({ kind: 'ranges', ranges: [[first, last]] }, flags))
}

function readMember(cursor: PatternCursor, flags: PatternFlags): number | CharacterClass {
  const character = cursor.next()
  return character === '\\' ? readEscape(cursor, flags.unicodeClasses) : codePoint(character)
}

/** Under the flag `x`, white space and the rest of a line behind `#` say nothing. @returns whether any was there */
export function skipComment(cursor: PatternCursor): boolean {
  if (/^[\t-\r ]$/.test(cursor.peek())) {
    cursor.next()
    return true
  }
  if (cursor.peek() !== '#') return false
  cursor.run((character) => !/^[\n\r\u0085\u2028\u2029]$/.test(character), Number.POSITIVE_INFINITY)
  return true
}

/** @returns the set as the flags `i` and `u` widen it */
export function cased(set: CharacterClass, flags: PatternFlags): CharacterClass {
  return flags.anyCase ? inEitherCase(set, flags.unicodeCase) : set
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0
}
