import type { KnownDifference } from './scenario.ts'

/** What is left of a list of differences when the known ones are taken out. */
export interface Judgement {
  readonly unknown: readonly string[]
  /** Known ones that the comparison did not find: they are mended, and their lines go. */
  readonly stale: readonly KnownDifference[]
}

/**
 * @param lines `step: place: …`, as found
 * @param own known differences of this scenario, each of which must be found
 * @param everywhere known differences of all scenarios
 */
export function judge(
  lines: readonly string[],
  own: readonly KnownDifference[],
  everywhere: readonly KnownDifference[],
): Judgement {
  const known = [...own, ...everywhere].map(({ at }) => patternOf(at))
  return {
    unknown: lines.filter((line) => !known.some((pattern) => pattern.test(line))),
    stale: own.filter(({ at }) => !lines.some((line) => patternOf(at).test(line))),
  }
}

/** The beginning of a line; `*` stands for any text, and a place for everything below it. */
function patternOf(at: string): RegExp {
  const literal = at
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${literal}(?!\\w)`, 's')
}
