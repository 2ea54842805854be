import { type CharacterClass, not, rangesOf, single } from './character-class.ts'
import { type Assertion, type PatternNode, PatternProblem } from './java-pattern.ts'
import { lineTerminators } from './java-properties.ts'
import { PatternCursor } from './pattern-cursor.ts'
import { noFlags, type PatternFlags, withFlag } from './pattern-flags.ts'
import { cased, readCharacterClass, skipComment } from './read-character-class.ts'
import { readEscapeClass } from './read-escape.ts'
import { requireCertainGroups } from './require-certain-groups.ts'

/** Longest pattern, in UTF-16 units. */
export const patternLengthMax = 4096
/** Groups in groups. */
const depthMax = 50
/** Largest number in a quantifier, as in Java. */
const repeatMax = 2_147_483_647

/**
 * Reads a regular expression as `java.util.regex.Pattern` of Java 21 does.
 * @throws PatternProblem for what Java refuses, and for what is not known here (`\X`, `\N{…}`, blocks)
 */
export function parseJavaPattern(source: string): PatternNode {
  if (source.length > patternLengthMax) {
    throw new PatternProblem(`Longer than ${patternLengthMax} characters`, '', 0)
  }
  const node = new Parser(source).pattern()
  requireCertainGroups(node, source)
  return node
}

const anyCharacter: CharacterClass = { kind: 'ranges', ranges: [[0, 0x10ffff]] }

const escapedAssertions: Readonly<Record<string, Assertion>> = {
  A: 'start',
  // The end of the match before: of the first one, the start.
  G: 'start',
  z: 'absoluteEnd',
  Z: 'end',
  b: 'wordBoundary',
  B: 'notWordBoundary',
}

class Parser {
  readonly #cursor: PatternCursor
  readonly #names = new Map<string, number>()
  #groups = 0
  #depth = 0
  #flags: PatternFlags = noFlags

  constructor(source: string) {
    this.#cursor = new PatternCursor(source)
  }

  pattern(): PatternNode {
    const node = this.#choice()
    if (this.#cursor.atEnd) return node
    throw this.#cursor.problem("Unmatched closing ')'", 1)
  }

  #choice(): PatternNode {
    const branches = [this.#sequence()]
    while (this.#cursor.eat('|')) branches.push(this.#sequence())
    return branches.length === 1 && branches[0] ? branches[0] : { kind: 'choice', branches }
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = []
    for (;;) {
      this.#skipComments()
      if (this.#cursor.atEnd || this.#cursor.peek() === '|' || this.#cursor.peek() === ')') break
      if (this.#cursor.eat('\\Q')) {
        this.#quoted(items)
        continue
      }
      const item = this.#item()
      if (item !== null) items.push(this.#repeated(item))
    }
    return { kind: 'sequence', items }
  }

  /** @returns null for what stands for nothing, such as flags */
  #item(): PatternNode | null {
    const cursor = this.#cursor
    const character = cursor.next()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return { kind: 'characters', characters: readCharacterClass(cursor, this.#flags) }
      case '.':
        return { kind: 'characters', characters: this.#dot() }
      case '^':
        return { kind: 'assertion', holds: this.#flags.multiline ? 'lineStart' : 'start' }
      case '$':
        return { kind: 'assertion', holds: this.#flags.multiline ? 'lineEnd' : 'end' }
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        throw cursor.problem(`Dangling meta character '${character}'`, 1)
      case '{':
        throw cursor.problem('Illegal repetition', 1)
    }
    return this.#literal(character)
  }

  #literal(character: string): PatternNode {
    const characters = cased(single(character.codePointAt(0) ?? 0), this.#flags)
    return { kind: 'characters', characters }
  }

  #dot(): CharacterClass {
    return this.#flags.dotAll ? anyCharacter : not(lineTerminators(this.#flags.unixLines))
  }

  #quoted(items: PatternNode[]): void {
    const text: string[] = []
    // Without `\E` it goes to the end.
    while (!this.#cursor.atEnd && !this.#cursor.eat('\\E')) text.push(this.#cursor.next())
    const last = text.pop()
    for (const character of text) items.push(this.#literal(character))
    if (last !== undefined) items.push(this.#repeated(this.#literal(last)))
  }

  #escape(): PatternNode {
    const cursor = this.#cursor
    const letter = cursor.peek()
    const holds = escapedAssertions[letter]
    if (holds !== undefined) {
      cursor.next()
      if (letter === 'b' && cursor.peek() === '{') throw cursor.problem('Illegal repetition')
      return { kind: 'assertion', holds }
    }
    if (cursor.eat('R')) return lineBreak()
    if (cursor.eat('k')) return this.#namedReference()
    if (/^[1-9]$/.test(letter)) return this.#numberedReference()
    const characters = cased(readEscapeClass(cursor, this.#flags.unicodeClasses), this.#flags)
    return { kind: 'characters', characters }
  }

  #namedReference(): PatternNode {
    const name = this.#cursor.eat('<') ? this.#cursor.until('>') : undefined
    const group = name === undefined ? undefined : this.#names.get(name)
    if (group === undefined) {
      throw this.#cursor.problem(`named capturing group <${name ?? ''}> does not exist`)
    }
    return this.#reference(group)
  }

  /** More digits belong to the number as long as there is such a group. */
  #numberedReference(): PatternNode {
    let group = Number(this.#cursor.next())
    while (/^[0-9]$/.test(this.#cursor.peek())) {
      const longer = group * 10 + Number(this.#cursor.peek())
      if (longer > this.#groups) break
      group = longer
      this.#cursor.next()
    }
    return this.#reference(group)
  }

  #reference(group: number): PatternNode {
    if (this.#flags.anyCase) {
      throw this.#cursor.problem('Back references in any case are not supported')
    }
    return { kind: 'backreference', group }
  }

  #group(): PatternNode | null {
    const cursor = this.#cursor
    if (!cursor.eat('?')) return this.#enclosed((item, group) => ({ kind: 'group', item, group }))
    if (cursor.eat(':')) return this.#enclosed((item) => ({ kind: 'group', item }), false)
    if (cursor.eat('>')) return this.#enclosed((item) => ({ kind: 'atomic', item }), false)
    for (const [text, behind, negated] of looks) {
      if (!cursor.eat(text)) continue
      return this.#enclosed((item) => ({ kind: 'look', behind, negated, item }), false)
    }
    if (cursor.eat('<')) return this.#namedGroup()
    return this.#flagGroup()
  }

  #namedGroup(): PatternNode {
    const name = this.#cursor.until('>') ?? ''
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) {
      throw this.#cursor.problem("named capturing group is missing trailing '>'")
    }
    if (this.#names.has(name)) {
      throw this.#cursor.problem(`Named capturing group <${name}> is already defined`)
    }
    this.#names.set(name, this.#groups + 1)
    return this.#enclosed((item, group) => ({ kind: 'group', item, group }))
  }

  /** `(?i)` for the rest of the group around it, `(?i:…)` for its own. */
  #flagGroup(): PatternNode | null {
    const cursor = this.#cursor
    const around = this.#flags
    let value = true
    for (;;) {
      const letter = cursor.next()
      if (letter === ')') return null
      if (letter === ':') break
      if (letter === '-' && value) {
        value = false
        continue
      }
      const flags = withFlag(this.#flags, letter, value)
      if (flags === undefined)
        throw cursor.problem('Unknown inline modifier', letter === '' ? 0 : 1)
      this.#flags = flags
    }
    const node = this.#enclosed((item) => ({ kind: 'group', item }), false)
    this.#flags = around
    return node
  }

  /** Reads up to the bracket that closes. Flags that are set inside end there. */
  #enclosed(make: (item: PatternNode, group: number) => PatternNode, captures = true): PatternNode {
    if (captures) this.#groups += 1
    const group = this.#groups
    const flags = this.#flags
    this.#depth += 1
    if (this.#depth > depthMax) throw this.#cursor.problem('Groups nest too deeply')
    const item = this.#choice()
    if (!this.#cursor.eat(')')) throw this.#cursor.problem('Unclosed group')
    this.#depth -= 1
    this.#flags = flags
    return make(item, group)
  }

  #repeated(item: PatternNode): PatternNode {
    this.#skipComments()
    const bounds = this.#bounds()
    if (bounds === undefined) return item
    const [min, max] = bounds
    const cursor = this.#cursor
    const mode = cursor.eat('?') ? 'lazy' : cursor.eat('+') ? 'possessive' : 'greedy'
    return { kind: 'repeat', item, min, max, mode }
  }

  #bounds(): readonly [number, number] | undefined {
    const cursor = this.#cursor
    if (cursor.eat('*')) return [0, Number.POSITIVE_INFINITY]
    if (cursor.eat('+')) return [1, Number.POSITIVE_INFINITY]
    if (cursor.eat('?')) return [0, 1]
    if (!cursor.eat('{')) return undefined
    const digits = () => cursor.run((character) => /^[0-9]$/.test(character), 12)
    const min = digits()
    if (min === '') throw cursor.problem('Illegal repetition', 1)
    const comma = cursor.eat(',')
    const max = comma ? digits() : min
    if (!cursor.eat('}')) throw cursor.problem('Unclosed counted closure')
    const from = Number(min)
    const to = max === '' ? Number.POSITIVE_INFINITY : Number(max)
    if (from > repeatMax || (max !== '' && to > repeatMax) || to < from) {
      throw cursor.problem('Illegal repetition range', 1)
    }
    return [from, to]
  }

  #skipComments(): void {
    if (!this.#flags.comments) return
    while (skipComment(this.#cursor));
  }
}

const looks: readonly (readonly [text: string, behind: boolean, negated: boolean])[] = [
  ['=', false, false],
  ['!', false, true],
  ['<=', true, false],
  ['<!', true, true],
]

/** `\R`: carriage return and line feed together, or one of the others. */
function lineBreak(): PatternNode {
  const characters = (set: CharacterClass): PatternNode => ({ kind: 'characters', characters: set })
  const both: PatternNode = {
    kind: 'sequence',
    items: [characters(single(0x0d)), characters(single(0x0a))],
  }
  const one = characters(rangesOf('\n\r\u0085\u0085\u2028\u2029'))
  return { kind: 'group', item: { kind: 'choice', branches: [both, one] } }
}
