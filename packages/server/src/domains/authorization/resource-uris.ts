import type { ProtectedResource } from './resource-server.ts'

/** @returns resources with exactly this address */
export function resourcesAt(
  resources: readonly ProtectedResource[],
  uri: string,
): ProtectedResource[] {
  return resources.filter(({ uris }) => uris.includes(uri))
}

/**
 * Finds the resource whose address fits best: `{name}` stands for a segment, `*` at the end for everything below, and what is
 * written out further goes first. Resources of users are not looked at.
 */
export function resourceMatching(
  resources: readonly ProtectedResource[],
  ownerId: string,
  uri: string,
): ProtectedResource | undefined {
  const candidates = resources
    .filter((each) => each.ownerId === ownerId)
    .flatMap((resource) => resource.uris.map((pattern) => ({ resource, pattern })))
    .filter(({ pattern }) => fits(pattern, uri))
  const best = candidates.toSorted((a, b) => writtenOut(b.pattern) - writtenOut(a.pattern))
  return best[0]?.resource
}

function fits(pattern: string, uri: string): boolean {
  if (pattern === uri) return true
  const open = pattern.endsWith('/*')
  const wanted = segments(open ? pattern.slice(0, -2) : pattern)
  const given = segments(uri)
  if (open ? given.length < wanted.length : given.length !== wanted.length) return false
  return wanted.every((segment, at) => fitsSegment(segment, given[at] ?? ''))
}

function fitsSegment(segment: string, given: string): boolean {
  if (/^\{[^{}]*\}$/.test(segment)) return given !== ''
  // `*.html`: any name with that ending.
  if (segment.startsWith('*.'))
    return given.endsWith(segment.slice(1)) && given !== segment.slice(1)
  return segment === given
}

function segments(path: string): string[] {
  return path
    .replace(/^\//, '')
    .split('/')
    .filter((each, at, all) => each !== '' || at < all.length - 1)
}

/** Characters before the first placeholder; an address without one is written out whole. */
function writtenOut(pattern: string): number {
  const at = pattern.search(/[{*]/)
  return at < 0 ? Number.MAX_SAFE_INTEGER : at
}
