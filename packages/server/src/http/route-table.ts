/** Knows which methods each path has, so that a wrong method is told apart from an unknown path. */
export class RouteTable {
  readonly #routes = new Map<string, { pattern: RegExp; methods: Set<string> }>()

  /** @param url pattern of the router: `/realms/:realm/x`, with `*` for the rest */
  add(url: string, methods: string | readonly string[]): void {
    const route = this.#routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() }
    for (const method of [methods].flat()) route.methods.add(method)
    this.#routes.set(url, route)
  }

  /**
   * @returns the methods that some route has for this path (without query), empty when there is none; that preflight requests
   *   are answered below it makes nothing a path
   */
  methodsOf(path: string): ReadonlySet<string> {
    const found = new Set<string>()
    for (const { pattern, methods } of this.#routes.values()) {
      if (pattern.test(path)) for (const method of methods) found.add(method)
    }
    if (found.size === 1) found.delete('OPTIONS')
    return found
  }
}

function patternOf(url: string): RegExp {
  const source = url.replace(/\/$/, '').split('/').map(segmentPattern).join('/')
  return new RegExp(`^${source}/?$`)
}

function segmentPattern(segment: string): string {
  if (segment === '*') return '.*'
  return segment
    .split(/(:[A-Za-z_]\w*(?:\([^)]*\))?)/)
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('')
}
