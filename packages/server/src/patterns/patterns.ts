import { RE2JS } from 're2js'
import { FairLine } from '../queues/fair-line.ts'
import { type PatternNode, PatternProblem } from './java-pattern.ts'
import { parseJavaPattern } from './parse-java-pattern.ts'
import { PatternThread, patternTimeoutMs } from './pattern-thread.ts'
import { writeLinearPattern } from './write-linear-pattern.ts'
import { writeScriptPattern } from './write-script-pattern.ts'

/** Where a pattern is set: told in the log when it takes too long. */
export interface PatternPlace {
  /** The realm's name. */
  readonly realm: string
  /** For example `passwordPolicy regexPattern`. */
  readonly setting: string
}

export interface PatternsDeps {
  readonly warn: (text: string) => void
}

/** Longest text that patterns are tried on, in UTF-16 units; of longer ones nothing is known. */
const textLengthMax = 4096
/** Patterns that are kept compiled. */
const compiledMax = 256
/** Steps (instructions × characters) that the event loop may be kept for: some ten milliseconds at most. */
const stepsMax = 200_000
/** Jobs that may wait for the thread; one more matches nothing. */
const waitingMax = 200

interface Compiled {
  readonly linear:
    | { readonly conditions: readonly { readonly pattern: RE2JS; readonly negated: boolean }[] }
    | undefined
  /** For the thread. */
  readonly script: string
}

interface Job {
  readonly begin: () => void
  readonly refuse: () => void
}

/**
 * @returns why a pattern cannot be used, in the words of Java's `PatternSyntaxException`; null for one that can.
 *   To be asked when a setting is saved.
 */
export function patternProblem(source: string): string | null {
  try {
    compile(source)
    return null
  } catch (error) {
    if (error instanceof PatternProblem) return error.message
    throw error
  }
}

/**
 * Regular expressions of administrators, written for Java. They run in a linear-time engine (RE2), so that no pattern can
 * hold up the server; those that it cannot express, lookbehinds and back-references for example, run in a thread of their
 * own that is stopped after a moment. Realms take turns there.
 */
export class Patterns implements AsyncDisposable {
  readonly #warn: (text: string) => void
  readonly #compiled = new Map<string, Compiled>()
  readonly #thread = new PatternThread()
  readonly #waiting = new FairLine<Job>(waitingMax)
  #busy = false

  constructor({ warn }: PatternsDeps) {
    this.#warn = warn
  }

  /** As `verdict`; what nobody knows counts as no match. For what refuses where nothing matches. */
  async matches(source: string, text: string, place: PatternPlace): Promise<boolean> {
    return (await this.verdict(source, text, place)) ?? false
  }

  /**
   * @param source as Java's `Pattern` takes it
   * @returns whether it matches all of the text (`Matcher.matches()`); undefined where that is not known, because the pattern
   *   takes longer than 50 ms or cannot be understood, or the text is too long. A line in the log says so.
   */
  async verdict(source: string, text: string, place: PatternPlace): Promise<boolean | undefined> {
    const compiled = this.#compile(source, place)
    if (compiled === undefined || text.length > textLengthMax) return undefined
    const { linear, script } = compiled
    const steps = (linear?.conditions ?? []).reduce(
      (sum, { pattern }) => sum + pattern.programSize() * (text.length + 1),
      0,
    )
    if (linear !== undefined && steps <= stepsMax) {
      return linear.conditions.every(({ pattern, negated }) => pattern.matches(text) !== negated)
    }
    return await this.#inThread(script, text, place)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.stop()
  }

  #compile(source: string, { realm, setting }: PatternPlace): Compiled | undefined {
    const known = this.#compiled.get(source)
    this.#compiled.delete(source)
    try {
      const compiled = known ?? compile(source)
      // Behind all the others: the first one is the one that was not used for longest.
      this.#compiled.set(source, compiled)
      if (this.#compiled.size > compiledMax) {
        const [oldest = ''] = this.#compiled.keys()
        this.#compiled.delete(oldest)
      }
      return compiled
    } catch (error) {
      if (!(error instanceof PatternProblem)) throw error
      this.#warn(`Realm ${realm}: the pattern of ${setting} matches nothing: ${error.message}`)
      return undefined
    }
  }

  async #inThread(script: string, text: string, { realm, setting }: PatternPlace) {
    const tell = (reason: string): undefined => {
      this.#warn(`Realm ${realm}: the pattern of ${setting} ${reason}, which counts as no match`)
    }
    if (!(await this.#turn(realm))) return tell('found too many others waiting')
    try {
      const answer = await this.#thread.test(script, text)
      return answer ?? tell(`took longer than ${patternTimeoutMs} ms`)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#busy = false
      else next.begin()
    }
  }

  /** @returns whether the thread is free for this job; false when too many wait */
  #turn(realm: string): Promise<boolean> {
    if (!this.#busy) {
      this.#busy = true
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const job = { begin: () => resolve(true), refuse: () => resolve(false) }
      this.#waiting.push({ group: realm, member: '' }, job)?.refuse()
    })
  }
}

/** @throws PatternProblem */
function compile(source: string): Compiled {
  const pattern = parseJavaPattern(source)
  const script = writeScriptPattern(pattern)
  try {
    new RegExp(script, 'v')
  } catch {
    throw new PatternProblem('This pattern is not supported', source, source.length)
  }
  return { linear: compileLinear(pattern), script }
}

function compileLinear(pattern: PatternNode): Compiled['linear'] {
  const conditions = writeLinearPattern(pattern)
  if (conditions === undefined) return undefined
  try {
    return {
      conditions: conditions.map(({ source, negated }) => ({
        pattern: RE2JS.compile(source),
        negated,
      })),
    }
  } catch {
    // A script that RE2 does not know, or more than it takes.
    return undefined
  }
}
