import { authorizationServices } from './001-authorization-services.ts'
import { cluster } from './001-cluster.ts'
import { configuration } from './001-configuration.ts'
import { sessions } from './001-sessions.ts'
import { trigrams, users } from './001-users.ts'
import { volatileSessions } from './002-volatile-sessions.ts'
import { organizationGroups } from './003-organization-groups.ts'
import { webhooks } from './004-webhooks.ts'
import { longWork } from './005-long-work.ts'
import { sealedCredentials } from './006-sealed-credentials.ts'
import { workflows } from './007-workflows.ts'
import { userLists } from './008-user-lists.ts'
import { logoutNotices } from './009-logout-notices.ts'
import { adminEventDetails } from './010-admin-event-details.ts'

/**
 * One step of the schema. Rules: a released migration is never edited; a step only *expands* (new tables, columns with
 * defaults, indexes) so that a node of the version before goes on beside it; what it replaces is removed (*contracted*)
 * one release later; indexes may go at once. A step that an older node cannot live with says `breaking`, and older nodes then refuse to start.
 */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly statements: readonly string[]
  readonly breaking?: boolean
}

/** In the order in which they are applied. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'first-release',
    // Nothing before it was released.
    breaking: true,
    statements: [
      ...configuration,
      ...users,
      ...trigrams,
      ...sessions,
      ...authorizationServices,
      ...cluster,
    ],
  },
  { version: 2, name: 'volatile-sessions', statements: volatileSessions },
  { version: 3, name: 'organization-groups', statements: organizationGroups },
  { version: 4, name: 'webhooks', statements: webhooks },
  { version: 5, name: 'long-work', statements: longWork },
  { version: 6, name: 'sealed-credentials', statements: sealedCredentials },
  { version: 7, name: 'workflows', statements: workflows },
  { version: 8, name: 'user-lists', statements: userLists },
  { version: 9, name: 'logout-notices', statements: logoutNotices },
  { version: 10, name: 'admin-event-details', statements: adminEventDetails },
]
