/** What a Docker client wants to do, as tokens of registries have it (Docker Registry v2 token scope). */
export interface DockerAccess {
  readonly type: string
  readonly name: string
  readonly actions: readonly string[]
}

/** Scopes of one request. */
const scopesMax = 50
const scopeCharactersMax = 500

/** Reads `repository:library/image:pull,push`; names may have colons of their own. What has no such form is left out. */
export function dockerAccess(scopes: readonly string[]): DockerAccess[] {
  return scopes
    .flatMap((scope) => scope.split(' '))
    .slice(0, scopesMax)
    .flatMap((scope): DockerAccess[] => {
      const [first, last] = [scope.indexOf(':'), scope.lastIndexOf(':')]
      if (scope.length > scopeCharactersMax || first <= 0 || last <= first) return []
      const actions = scope.slice(last + 1).split(',')
      return [{ type: scope.slice(0, first), name: scope.slice(first + 1, last), actions }]
    })
}
