import { type CharacterClass, flat, intersection, onlyRanges } from './character-class.ts'
import type { PatternNode } from './java-pattern.ts'

/** One condition of several that a whole text has to meet. */
export interface LinearCondition {
  /** In RE2's syntax, to be matched with all of the text. */
  readonly source: string
  readonly negated: boolean
}

/** Most instructions, roughly, that a condition is allowed to compile to; RE2's own bound is far above it. */
const instructionsMax = 1200
/** What a set with a property of Unicode counts: it compiles to long lists. */
const propertyInstructions = 4
/** RE2's own bound of a counted repetition. */
const countMax = 1000

const lineEnd = String.raw`(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?`
const anything = String.raw`[\x{0}-\x{10ffff}]*`

/** The pattern says something that a linear-time engine cannot decide. */
class NotLinear extends Error {}

/**
 * @returns conditions which together say what the pattern says of a whole text, in the syntax of RE2; undefined where
 *   that cannot be said. Lookaheads at the beginning are conditions of their own; possessive quantifiers and atomic groups
 *   are taken where they change nothing.
 */
export function writeLinearPattern(pattern: PatternNode): readonly LinearCondition[] | undefined {
  try {
    return conditions(pattern)
  } catch (error) {
    if (error instanceof NotLinear) return undefined
    throw error
  }
}

function conditions(pattern: PatternNode): LinearCondition[] {
  const items = [...itemsOf(pattern)]
  const found: LinearCondition[] = []
  for (;;) {
    const [first] = items
    if (first?.kind === 'assertion' && first.holds === 'start') items.shift()
    else if (first?.kind === 'look' && !first.behind) {
      found.push({ source: prefix(first.item), negated: first.negated })
      items.shift()
    } else break
  }
  const writer = new Writer()
  found.push({ source: writer.write({ kind: 'sequence', items }, true), negated: false })
  return found
}

function itemsOf(node: PatternNode): readonly PatternNode[] {
  if (node.kind !== 'sequence') return [node]
  const [first, ...others] = node.items
  // A group around lookaheads stands for what is in it.
  return first?.kind === 'group' && others.length === 0 ? itemsOf(first.item) : node.items
}

/** A lookahead's content begins the text, and anything may follow. */
function prefix(content: PatternNode): string {
  const items = [...itemsOf(content)]
  const last = items.at(-1)
  const writer = new Writer()
  if (last?.kind === 'assertion' && (last.holds === 'end' || last.holds === 'absoluteEnd')) {
    const text = writer.write({ kind: 'sequence', items: items.slice(0, -1) }, false)
    return last.holds === 'end' ? text + lineEnd : text
  }
  return writer.write({ kind: 'sequence', items }, false) + anything
}

class Writer {
  /** How often what is being written is repeated. */
  #times = 1
  #instructions = 0

  /** @param last whether the text has to end where the node ends */
  write(node: PatternNode, last: boolean): string {
    switch (node.kind) {
      case 'characters':
        return this.#characters(node.characters)
      case 'sequence':
        return this.#sequence(node.items, last)
      case 'choice':
        this.#count(node.branches.length)
        return `(?:${node.branches.map((branch) => this.write(branch, last)).join('|')})`
      case 'group':
        return `(?:${this.write(node.item, last)})`
      case 'repeat':
        return this.#repeat(node, last)
      case 'assertion':
        return this.#assertion(node.holds, last)
      case 'atomic':
      case 'look':
      case 'backreference':
        throw new NotLinear()
    }
  }

  #sequence(all: readonly PatternNode[], last: boolean): string {
    const items = last ? withoutEnds(all) : all
    return items
      .map((item, index) => {
        const next = items[index + 1]
        const ends = last && next === undefined
        const plain = item.kind === 'repeat' && item.mode === 'possessive' ? greedy(item) : item
        if (plain !== item && !ends && !isDisjoint(item, next)) throw new NotLinear()
        return this.write(plain, ends)
      })
      .join('')
  }

  #repeat(node: PatternNode & { kind: 'repeat' }, last: boolean): string {
    if (node.mode === 'possessive' && !(last && isSet(node.item))) throw new NotLinear()
    const { min, max } = node
    const endless = max === Number.POSITIVE_INFINITY
    if (min > countMax || (!endless && max > countMax)) throw new NotLinear()
    const before = this.#times
    this.#times *= Math.max(1, endless ? min + 1 : max)
    const item = this.write(node.item, false)
    this.#count(1)
    this.#times = before
    if (!endless && max === 0) return '(?:)'
    return `(?:${item})${quantifier(min, max)}`
  }

  #characters(set: CharacterClass): string {
    const found = flat(set)
    if (found === undefined) throw new NotLinear()
    const { ranges, properties, negated } = found
    this.#count(1 + properties.length * propertyInstructions)
    if (ranges.length === 0 && properties.length === 0) {
      return negated ? String.raw`[\x{0}-\x{10ffff}]` : String.raw`[^\x{0}-\x{10ffff}]`
    }
    const hex = (point: number) => String.raw`\x{${point.toString(16)}}`
    const members = [
      ...ranges.map(([first, last]) =>
        first === last ? hex(first) : `${hex(first)}-${hex(last)}`,
      ),
      ...properties.map((property) =>
        property.negated ? String.raw`\P{${property.name}}` : String.raw`\p{${property.name}}`,
      ),
    ]
    return `[${negated ? '^' : ''}${members.join('')}]`
  }

  #assertion(holds: string, last: boolean): string {
    this.#count(1)
    if (holds === 'start') return String.raw`\A`
    if (holds === 'absoluteEnd') return String.raw`\z`
    if (holds === 'wordBoundary') return String.raw`\b`
    if (holds === 'notWordBoundary') return String.raw`\B`
    if (holds === 'end' && last) return ''
    throw new NotLinear()
  }

  #count(instructions: number): void {
    this.#instructions += instructions * this.#times
    if (this.#instructions > instructionsMax) throw new NotLinear()
  }
}

/** Where the text has to end anyway, `$`, `\Z` and `\z` say nothing more. */
function withoutEnds(items: readonly PatternNode[]): readonly PatternNode[] {
  const isEnd = (node: PatternNode): boolean =>
    node.kind === 'assertion' && (node.holds === 'end' || node.holds === 'absoluteEnd')
  return items.slice(0, items.findLastIndex((node) => !isEnd(node)) + 1)
}

function quantifier(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  return min === 0 && max === 1 ? '?' : `{${min},${max}}`
}

function greedy(node: PatternNode & { kind: 'repeat' }): PatternNode {
  return isSet(node.item) ? { ...node, mode: 'greedy' } : node
}

function isSet(node: PatternNode): boolean {
  return setOf(node) !== undefined
}

function setOf(node: PatternNode): CharacterClass | undefined {
  if (node.kind === 'characters') return node.characters
  if (node.kind === 'group') return setOf(node.item)
  const only = node.kind === 'sequence' && node.items.length === 1 ? node.items[0] : undefined
  return only === undefined ? undefined : setOf(only)
}

/** @returns whether what follows can begin with nothing that is repeated: then giving back would not help */
function isDisjoint(repeated: PatternNode, next: PatternNode | undefined): boolean {
  const item = repeated.kind === 'repeat' ? setOf(repeated.item) : undefined
  const needed = next?.kind === 'repeat' && next.min > 0 ? setOf(next.item) : next && setOf(next)
  const a = item && onlyRanges(item)
  const b = needed && onlyRanges(needed)
  return a !== undefined && b !== undefined && intersection(a, b).length === 0
}
