import type { PermissionTickets } from '../../domains/authorization/permission-tickets.ts'
import type { ResourceServers } from '../../domains/authorization/resource-servers.ts'
import type { Clients } from '../../domains/clients/clients.ts'
import type { Credentials } from '../../domains/credentials/credentials.ts'
import type { Events } from '../../domains/events/events.ts'
import type { Consents } from '../../domains/flows/consents/consents.ts'
import type { IdentityProviders } from '../../domains/identity-providers/identity-providers.ts'
import type { Organizations } from '../../domains/organizations/organizations.ts'
import type { Realms } from '../../domains/realms/realms.ts'
import type { Sessions } from '../../domains/sessions/sessions.ts'
import type { PresentedTokens } from '../../domains/tokens/presented-tokens.ts'
import type { UserLifecycle } from '../../domains/user-lifecycle/user-lifecycle.ts'
import type { FederatedIdentities } from '../../domains/users/federated-identities.ts'
import type { Users } from '../../domains/users/users.ts'
import type { ClientCertificates } from '../../http/client-certificates/client-certificates.ts'
import type { ServerUrls } from '../../http/server-urls.ts'
import type { SessionLogout } from '../../login/session-logout.ts'

/** What the account API is made of. */
export interface AccountDeps {
  readonly realms: Realms
  readonly clients: Clients
  readonly users: Users
  readonly userLifecycle: UserLifecycle
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly consents: Consents
  readonly federatedIdentities: FederatedIdentities
  readonly identityProviders: Pick<IdentityProviders, 'summaries'>
  readonly organizations: Pick<Organizations, 'ofUser'>
  readonly presentedTokens: PresentedTokens
  readonly resourceServers: ResourceServers
  readonly permissionTickets: PermissionTickets
  readonly clientLogouts: Pick<SessionLogout, 'tell'>
  readonly events: Events
  readonly urls: ServerUrls
  readonly clientCertificates: Pick<ClientCertificates, 'of'>
}
