import type { CharacterClass } from './character-class.ts'

/** What a regular expression of Java (`java.util.regex.Pattern`) says, its flags already worked in. */
export type PatternNode =
  | { readonly kind: 'characters'; readonly characters: CharacterClass }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly PatternNode[] }
  /** @property group number from 1; absent where the group captures nothing */
  | { readonly kind: 'group'; readonly item: PatternNode; readonly group?: number }
  | {
      readonly kind: 'repeat'
      readonly item: PatternNode
      readonly min: number
      /** Infinity = without end. */
      readonly max: number
      readonly mode: 'greedy' | 'lazy' | 'possessive'
    }
  | { readonly kind: 'atomic'; readonly item: PatternNode }
  | {
      readonly kind: 'look'
      readonly behind: boolean
      readonly negated: boolean
      readonly item: PatternNode
    }
  | { readonly kind: 'backreference'; readonly group: number }
  | { readonly kind: 'assertion'; readonly holds: Assertion }

/** `end`: or before the last line terminator (`$`, `\Z`); `lineStart` and `lineEnd` are `^` and `$` under the flag `m`. */
export type Assertion =
  | 'start'
  | 'end'
  | 'absoluteEnd'
  | 'lineStart'
  | 'lineEnd'
  | 'wordBoundary'
  | 'notWordBoundary'

/** A pattern that cannot be understood. */
export class PatternProblem extends Error {
  override readonly name = 'PatternProblem'

  /**
   * @param description in Java's words where it has any
   * @param index character at which reading ended
   */
  constructor(description: string, source: string, index: number) {
    const at = Math.max(0, Math.min(index, source.length))
    super(`${description} near index ${at}\n${source}\n${' '.repeat(at)}^`)
  }
}
