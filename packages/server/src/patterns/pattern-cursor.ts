import { PatternProblem } from './java-pattern.ts'

/** Reads a pattern code point by code point. */
export class PatternCursor {
  readonly #source: string
  readonly #points: readonly string[]
  #at = 0

  constructor(source: string) {
    this.#source = source
    this.#points = [...source]
  }

  get atEnd(): boolean {
    return this.#at >= this.#points.length
  }

  /** The character `ahead` places further on; empty behind the end. */
  peek(ahead = 0): string {
    return this.#points[this.#at + ahead] ?? ''
  }

  /** @returns the next character, which is read; empty behind the end */
  next(): string {
    const character = this.peek()
    if (character !== '') this.#at += 1
    return character
  }

  /** Reads `text` if it comes next. @returns whether it did */
  eat(text: string): boolean {
    const characters = [...text]
    if (characters.some((character, index) => this.peek(index) !== character)) return false
    this.#at += characters.length
    return true
  }

  /** @returns the longest run of characters for which `wanted` holds, at most `max` of them */
  run(wanted: (character: string) => boolean, max: number): string {
    let text = ''
    for (let count = 0; count < max && !this.atEnd && wanted(this.peek()); count++) {
      text += this.next()
    }
    return text
  }

  /** @returns what stands before `end`, which is read too; undefined when it does not come */
  until(end: string): string | undefined {
    const text: string[] = []
    while (!this.eat(end)) {
      if (this.atEnd) return undefined
      text.push(this.next())
    }
    return text.join('')
  }

  /** @param back characters before the present one at which the problem is */
  problem(description: string, back = 0): PatternProblem {
    const before = this.#points.slice(0, Math.max(0, this.#at - back)).join('')
    return new PatternProblem(description, this.#source, before.length)
  }
}
