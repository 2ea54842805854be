import { statements as realmsAndUsers } from './001-realms-and-users.ts'
import { statements as sessions } from './002-sessions.ts'
import { statements as cluster } from './003-cluster.ts'
import { statements as eventExpiry } from './004-event-expiry.ts'
import { statements as growingLists } from './005-growing-lists.ts'
import { statements as roomForChanges } from './006-room-for-changes.ts'
import { statements as manyClientsAndGroups } from './007-many-clients-and-groups.ts'
import { statements as realmNames } from './008-realm-names.ts'
import { statements as sealedSecrets } from './009-sealed-secrets.ts'
import { statements as administrationClients } from './010-administration-clients.ts'
import { statements as organizations } from './011-organizations.ts'
import { statements as clientRegistration } from './012-client-registration.ts'
import { statements as authorizationServices } from './013-authorization-services.ts'
import { statements as identityProviders } from './014-identity-providers.ts'
import { statements as mails } from './015-mails.ts'
import { statements as permissionTickets } from './016-permission-tickets.ts'
import { statements as federatedClients } from './017-federated-clients.ts'

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
  { version: 1, name: 'realms-and-users', statements: realmsAndUsers },
  { version: 2, name: 'sessions', statements: sessions },
  { version: 3, name: 'cluster', statements: cluster },
  { version: 4, name: 'event-expiry', statements: eventExpiry },
  { version: 5, name: 'growing-lists', statements: growingLists },
  { version: 6, name: 'room-for-changes', statements: roomForChanges },
  { version: 7, name: 'many-clients-and-groups', statements: manyClientsAndGroups },
  { version: 8, name: 'realm-names', statements: realmNames },
  { version: 9, name: 'sealed-secrets', statements: sealedSecrets, breaking: true },
  { version: 10, name: 'administration-clients', statements: administrationClients },
  { version: 11, name: 'organizations', statements: organizations },
  { version: 12, name: 'client-registration', statements: clientRegistration },
  { version: 13, name: 'authorization-services', statements: authorizationServices },
  { version: 14, name: 'identity-providers', statements: identityProviders, breaking: true },
  { version: 15, name: 'mails', statements: mails },
  { version: 16, name: 'permission-tickets', statements: permissionTickets },
  { version: 17, name: 'federated-clients', statements: federatedClients },
]
