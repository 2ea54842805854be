/** Most resources of one request. */
const resourcesMax = 20

/**
 * Whether what a client names as its resources can be such (RFC 8707 §2): absolute URIs without a fragment. As in Keycloak
 * they are not looked at any further: audiences of tokens follow from scopes and mappers.
 */
export function areResources(resources: readonly string[]): boolean {
  return (
    resources.length <= resourcesMax &&
    resources.every((resource) => URL.canParse(resource) && !resource.includes('#'))
  )
}
