/**
 * How long a document is taken for what it is (RFC 9111 §5.2), within bounds that the operator sets.
 * @param header `Cache-Control` of its answer
 */
export function cacheSeconds(
  header: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const directives = (header ?? '').toLowerCase().replace(/\s/g, '').split(',')
  if (directives.includes('no-store') || directives.includes('no-cache')) return min
  const named = (name: string) =>
    directives
      .filter((each) => each.startsWith(`${name}=`))
      .map((each) => Number(each.slice(name.length + 1).replaceAll('"', '')))
      .find((seconds) => Number.isInteger(seconds) && seconds >= 0)
  return Math.min(Math.max(named('s-maxage') ?? named('max-age') ?? min, min), max)
}
