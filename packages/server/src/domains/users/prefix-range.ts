const lastCodePoint = 0x10_ff_ff
/** UTF-16 surrogates are no characters of a text in UTF-8. */
const firstSurrogate = 0xd8_00
const afterSurrogates = 0xe0_00

/**
 * @param prefix what texts begin with
 * @returns the least text, by code points (the byte order of UTF-8), behind all that begin so; null when nothing is behind them
 */
export function afterPrefix(prefix: string): string | null {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === lastCodePoint) points.pop()
  const last = points.pop()
  if (last === undefined) return null
  const next = last + 1 === firstSurrogate ? afterSurrogates : last + 1
  return String.fromCodePoint(...points, next)
}
