import type { KeyStock } from '../../keys/key-stock.ts'
import type { CompleteRealm } from '../complete-representation.ts'
import { isBefore, keycloakVersion } from './keycloak-version.ts'
import { migrationSteps } from './migration-steps.ts'

/**
 * Brings a realm to the present, as Keycloak does: every step of a version later than that of the export is applied. A
 * representation that names no version was written by hand and is of today.
 * @param realm changed in place
 * @returns what was done
 */
export async function migrateRealm(
  realm: CompleteRealm,
  keyStock: Pick<KeyStock, 'take'>,
): Promise<string[]> {
  if (realm.keycloakVersion === undefined) return []
  const from = keycloakVersion(realm.keycloakVersion)
  const due = migrationSteps.filter(({ version }) => isBefore(from, version))
  for (const step of due) await step.apply(realm, keyStock)
  return due.map(({ does }) => does)
}
