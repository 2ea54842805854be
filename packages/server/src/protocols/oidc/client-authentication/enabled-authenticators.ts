import type { Realm } from '../../../domains/realms/realm.ts'

const known = new WeakMap<Realm, ReadonlySet<string>>()

/**
 * The ways in which clients of a realm may prove who they are: what is not disabled in its client authentication flow.
 * @returns none for a realm whose flow does not exist
 */
export function enabledAuthenticators(realm: Realm): ReadonlySet<string> {
  let enabled = known.get(realm)
  if (enabled === undefined) {
    const found = new Set<string>()
    collect(realm, realm.settings.clientAuthenticationFlow || 'clients', found, new Set())
    enabled = found
    known.set(realm, enabled)
  }
  return enabled
}

function collect(realm: Realm, alias: string, found: Set<string>, seen: Set<string>): void {
  if (seen.has(alias)) return
  seen.add(alias)
  const flow = realm.settings.authenticationFlows.find((each) => each.alias === alias)
  if (!flow) return
  for (const execution of flow.authenticationExecutions) {
    if (execution.requirement === 'DISABLED') continue
    if (execution.authenticatorFlow && execution.flowAlias) {
      collect(realm, execution.flowAlias, found, seen)
    } else if (execution.authenticator) found.add(execution.authenticator)
  }
}
