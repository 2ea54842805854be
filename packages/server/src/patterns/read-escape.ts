import { type CharacterClass, single } from './character-class.ts'
import { javaProperty, perlClass } from './java-properties.ts'
import type { PatternCursor } from './pattern-cursor.ts'

const controls: Readonly<Record<string, number>> = {
  t: 0x09,
  n: 0x0a,
  r: 0x0d,
  f: 0x0c,
  a: 0x07,
  e: 0x1b,
}

const isHex = (character: string) => /^[0-9A-Fa-f]$/.test(character)
const isOctal = (character: string) => /^[0-7]$/.test(character)
const unknownEscape = 'Illegal/unsupported escape sequence'

/**
 * Reads what follows a backslash, where it stands for one character or a set of them, inside brackets or outside.
 * @param unicode flag `U`
 * @returns the code point, or the set
 * @throws PatternProblem
 */
export function readEscape(cursor: PatternCursor, unicode: boolean): number | CharacterClass {
  const letter = cursor.next()
  const control = controls[letter]
  if (control !== undefined) return control
  switch (letter) {
    case '':
      throw cursor.problem('Unexpected internal error')
    case '0':
      return readOctal(cursor)
    case 'x':
      return readHex(cursor)
    case 'u':
      return readUnicode(cursor)
    case 'c': {
      const character = cursor.next()
      if (character === '') throw cursor.problem('Illegal control escape sequence')
      return (character.codePointAt(0) ?? 0) ^ 64
    }
    case 'p':
    case 'P':
      return readProperty(cursor, letter === 'P')
  }
  const set = perlClass(letter, unicode)
  if (set !== undefined) return set
  if (/^[A-Za-z1-9]$/.test(letter)) throw cursor.problem(unknownEscape, 1)
  return letter.codePointAt(0) ?? 0
}

/** @returns as readEscape, always as a set */
export function readEscapeClass(cursor: PatternCursor, unicode: boolean): CharacterClass {
  const read = readEscape(cursor, unicode)
  return typeof read === 'number' ? single(read) : read
}

function readOctal(cursor: PatternCursor): number {
  const digits = cursor.run(isOctal, /^[0-3]$/.test(cursor.peek()) ? 3 : 2)
  if (digits === '') throw cursor.problem('Illegal octal escape sequence')
  return Number.parseInt(digits, 8)
}

function readHex(cursor: PatternCursor): number {
  if (cursor.eat('{')) {
    const digits = cursor.run(isHex, 8)
    const point = Number.parseInt(digits, 16)
    if (!cursor.eat('}') || !(point <= 0x10ffff)) {
      throw cursor.problem('Unclosed hexadecimal escape sequence')
    }
    return point
  }
  const digits = cursor.run(isHex, 2)
  if (digits.length < 2) throw cursor.problem('Illegal hexadecimal escape sequence')
  return Number.parseInt(digits, 16)
}

function readUnicode(cursor: PatternCursor): number {
  const unit = readUnit(cursor)
  // Two halves of a character beyond the first plane are one.
  if (unit < 0xd800 || unit > 0xdbff || cursor.peek() !== '\\' || cursor.peek(1) !== 'u')
    return unit
  cursor.eat('\\u')
  const second = readUnit(cursor)
  if (second < 0xdc00 || second > 0xdfff) throw cursor.problem('Illegal Unicode escape sequence')
  return (unit - 0xd800) * 0x400 + (second - 0xdc00) + 0x10000
}

function readUnit(cursor: PatternCursor): number {
  const digits = cursor.run(isHex, 4)
  if (digits.length < 4) throw cursor.problem('Illegal Unicode escape sequence')
  return Number.parseInt(digits, 16)
}

function readProperty(cursor: PatternCursor, negated: boolean): CharacterClass {
  const braced = cursor.eat('{')
  const name = braced ? cursor.until('}') : cursor.next()
  if (name === undefined) throw cursor.problem('Unclosed character family')
  const found = name === '' ? undefined : javaProperty(name)
  if (found === undefined) throw cursor.problem(`Unknown character property name {${name}}`)
  return negated ? { kind: 'not', part: found } : found
}
