import { masterRealmName } from '../administration/administration.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { RealmImport } from './realm-import.ts'

/**
 * Makes sure that the master realm exists; several nodes may do so at once.
 * @returns the realm
 */
export async function ensureMasterRealm(realms: Realms, imports: RealmImport): Promise<Realm> {
  const present = await realms.byName(masterRealmName)
  if (present) return present
  try {
    await imports.importRealm({ realm: masterRealmName, enabled: true })
  } catch (error) {
    // Another node was faster.
    if (!(error instanceof ModelError && error.reason === 'duplicate')) throw error
  }
  const made = await realms.byName(masterRealmName)
  if (!made) throw new Error('The master realm could not be created')
  return made
}
