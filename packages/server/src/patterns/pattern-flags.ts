/** Java's inline flags. */
export interface PatternFlags {
  /** `i` */
  readonly anyCase: boolean
  /** `u`: `i` beyond ASCII. */
  readonly unicodeCase: boolean
  /** `d`: only the line feed ends a line. */
  readonly unixLines: boolean
  /** `m`: `^` and `$` at each line. */
  readonly multiline: boolean
  /** `s`: the dot is any character. */
  readonly dotAll: boolean
  /** `x`: white space and comments say nothing. */
  readonly comments: boolean
  /** `U`: `\w`, `\d`, `\s` of Unicode. */
  readonly unicodeClasses: boolean
}

export const noFlags: PatternFlags = {
  anyCase: false,
  unicodeCase: false,
  unixLines: false,
  multiline: false,
  dotAll: false,
  comments: false,
  unicodeClasses: false,
}

const members: Readonly<Record<string, keyof PatternFlags>> = {
  i: 'anyCase',
  u: 'unicodeCase',
  d: 'unixLines',
  m: 'multiline',
  s: 'dotAll',
  x: 'comments',
  U: 'unicodeClasses',
}

/** @returns the flags with one more set or cleared, or undefined for a letter that is none */
export function withFlag(
  flags: PatternFlags,
  letter: string,
  value: boolean,
): PatternFlags | undefined {
  const member = members[letter]
  if (member === undefined) return undefined
  const next = { ...flags, [member]: value }
  // Java: `U` brings `u` with it.
  return member === 'unicodeClasses' && value ? { ...next, unicodeCase: true } : next
}
