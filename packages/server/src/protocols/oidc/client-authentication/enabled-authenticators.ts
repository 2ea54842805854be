import type { Realm } from '../../../domains/realms/realm.ts'

/** Flows inside of flows that are followed. */
const depthMax = 10

const known = new WeakMap<Realm, ReadonlySet<string>>()

/**
 * The ways in which clients of a realm may prove who they are: what is not disabled in its client authentication flow.
 * @returns none for a realm whose flow does not exist
 */
export function enabledAuthenticators(realm: Realm): ReadonlySet<string> {
  let enabled = known.get(realm)
  if (enabled === undefined) {
    const found = new Set<string>()
    collect(realm, realm.settings.clientAuthenticationFlow || 'clients', found, 0)
    enabled = found
    known.set(realm, enabled)
  }
  return enabled
}

function collect(realm: Realm, alias: string, found: Set<string>, depth: number): void {
  const flow = realm.settings.authenticationFlows.find((each) => each.alias === alias)
  if (!flow || depth >= depthMax) return
  for (const execution of flow.authenticationExecutions) {
    if (execution.requirement === 'DISABLED') continue
    if (execution.authenticatorFlow && execution.flowAlias) {
      collect(realm, execution.flowAlias, found, depth + 1)
    } else if (execution.authenticator) found.add(execution.authenticator)
  }
}
