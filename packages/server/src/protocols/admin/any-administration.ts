import { administrationRoleNames } from '../../domains/transfer/defaults/roles.ts'
import type { RealmRole } from './administrator.ts'

/** For endpoints that every administrator of a realm may read. */
export const anyAdministration: readonly RealmRole[] = [...administrationRoleNames, 'realm-admin']
