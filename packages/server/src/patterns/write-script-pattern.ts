import type { CharacterClass } from './character-class.ts'
import type { Assertion, PatternNode } from './java-pattern.ts'

/** Characters that end a line. */
const terminator = String.raw`\n\r\u{85}\u{2028}\u{2029}`
const assertions: Readonly<Record<Assertion, string>> = {
  start: '^',
  absoluteEnd: '$',
  end: String.raw`(?=(?:\r\n|[${terminator}])?$)`,
  lineStart: String.raw`(?:^|(?<=\n|[\u{85}\u{2028}\u{2029}]|\r(?!\n))(?!$))`,
  lineEnd: String.raw`(?=$|[\r\u{85}\u{2028}\u{2029}]|(?<!\r)\n)`,
  wordBoundary: String.raw`\b`,
  notWordBoundary: String.raw`\B`,
}

/** @returns the pattern, of a whole text, for ECMAScript's regular expressions with the flag `v` */
export function writeScriptPattern(pattern: PatternNode): string {
  const referenced = new Set<number>()
  collectReferences(pattern, referenced)
  return `^(?:${new Writer(referenced).write(pattern)})$`
}

class Writer {
  readonly #referenced: ReadonlySet<number>
  #atomics = 0

  constructor(referenced: ReadonlySet<number>) {
    this.#referenced = referenced
  }

  write(node: PatternNode): string {
    switch (node.kind) {
      case 'characters':
        return writeSet(node.characters)
      case 'sequence':
        return node.items.map((item) => this.write(item)).join('')
      case 'choice':
        return `(?:${node.branches.map((branch) => this.write(branch)).join('|')})`
      case 'group': {
        const named = node.group !== undefined && this.#referenced.has(node.group)
        return `(${named ? `?<g${node.group}>` : '?:'}${this.write(node.item)})`
      }
      case 'repeat': {
        const text = `(?:${this.write(node.item)})${quantifier(node.min, node.max)}`
        if (node.mode === 'possessive') return this.#atomic(text)
        return node.mode === 'lazy' ? `${text}?` : text
      }
      case 'atomic':
        return this.#atomic(this.write(node.item))
      case 'look':
        return `(?:(?${node.behind ? '<' : ''}${node.negated ? '!' : '='}${this.write(node.item)}))`
      case 'backreference':
        return String.raw`(?:\k<g${node.group}>)`
      case 'assertion':
        return assertions[node.holds]
    }
  }

  /** A lookahead gives nothing back once it has matched: what it found is taken as a whole. */
  #atomic(text: string): string {
    this.#atomics += 1
    return String.raw`(?:(?=(?<a${this.#atomics}>${text}))\k<a${this.#atomics}>)`
  }
}

function quantifier(min: number, max: number): string {
  return `{${min},${max === Number.POSITIVE_INFINITY ? '' : max}}`
}

function writeSet(set: CharacterClass): string {
  switch (set.kind) {
    case 'ranges': {
      const hex = (point: number) => String.raw`\u{${point.toString(16)}}`
      return `[${set.ranges.map(([first, last]) => `${hex(first)}-${hex(last)}`).join('')}]`
    }
    case 'property':
      return set.negated ? String.raw`\P{${set.name}}` : String.raw`\p{${set.name}}`
    case 'union':
      return `[${set.parts.map(writeSet).join('')}]`
    case 'intersection':
      return `[${set.parts.map(writeSet).join('&&')}]`
    case 'not':
      return `[^${writeSet(set.part)}]`
  }
}

function collectReferences(node: PatternNode, found: Set<number>): void {
  switch (node.kind) {
    case 'backreference':
      found.add(node.group)
      break
    case 'sequence':
      for (const item of node.items) collectReferences(item, found)
      break
    case 'choice':
      for (const branch of node.branches) collectReferences(branch, found)
      break
    case 'group':
    case 'repeat':
    case 'atomic':
    case 'look':
      collectReferences(node.item, found)
  }
}
