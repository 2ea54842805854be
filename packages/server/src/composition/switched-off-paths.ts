/** Which endpoints are a feature's. */
const pathsOf: readonly (readonly [feature: string, paths: RegExp])[] = [
  ['ACCOUNT_API', /^\/realms\/[^/]+\/account(?:[/?]|$)/],
  ['ADMIN_API', /^\/admin\/(?:realms|serverinfo)(?:[/?]|$)/],
  ['ADMIN_V2', /^\/admin\/(?!realms|serverinfo|openapi)[^/]+\/console(?:[/?]|$)/],
  ['AUTHORIZATION', /^\/realms\/[^/]+\/(?:authz\/|\.well-known\/uma2-configuration)/],
  ['AUTHORIZATION', /^\/admin\/realms\/[^/]+\/clients\/[^/]+\/authz\//],
  ['CIBA', /^\/realms\/[^/]+\/protocol\/openid-connect\/ext\/ciba\//],
  ['DOCKER', /^\/realms\/[^/]+\/protocol\/docker-v2\//],
  ['DEVICE_FLOW', /^\/realms\/[^/]+\/(?:device|protocol\/openid-connect\/auth\/device)(?:[/?]|$)/],
  ['IMPERSONATION', /^\/admin\/realms\/[^/]+\/users\/[^/]+\/impersonation(?:[/?]|$)/],
  ['ORGANIZATION', /^\/admin\/realms\/[^/]+\/organizations(?:[/?]|$)/],
  ['WORKFLOWS', /^\/admin\/realms\/[^/]+\/workflows(?:[/?]|$)/],
  ['PAR', /^\/realms\/[^/]+\/protocol\/openid-connect\/ext\/par\//],
]

/**
 * @param features those that are on
 * @returns says of a path, within the server, whether it belongs to one that is off; undefined where none is
 */
export function switchedOffPaths(
  features: ReadonlySet<string>,
): ((path: string) => boolean) | undefined {
  const off = pathsOf.filter(([feature]) => !features.has(feature)).map(([, paths]) => paths)
  return off.length === 0 ? undefined : (path) => off.some((paths) => paths.test(path))
}
