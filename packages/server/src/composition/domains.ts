import type { PermissionTickets } from '../domains/authorization/permission-tickets.ts'
import type { ClientKeys } from '../domains/clients/keys/client-keys.ts'
import type { Credentials } from '../domains/credentials/credentials.ts'
import type { Events } from '../domains/events/events.ts'
import type { Consents } from '../domains/flows/consents/consents.ts'
import type { LoginStateRecords } from '../domains/flows/login-state/login-state-records.ts'
import type { Keys } from '../domains/keys/keys.ts'
import type { OrganizationInvitations } from '../domains/organizations/organization-invitations.ts'
import type { Sessions } from '../domains/sessions/sessions.ts'
import type { SingleUseObjects } from '../domains/sessions/single-use-objects.ts'
import type { AccessTokens } from '../domains/tokens/access-tokens.ts'
import type { ClientEncryption } from '../domains/tokens/client-encryption.ts'
import type { DpopProofs } from '../domains/tokens/dpop-proofs.ts'
import type { IdentityTokens } from '../domains/tokens/identity-tokens.ts'
import type { PresentedTokens } from '../domains/tokens/presented-tokens.ts'
import type { RegistrationTokens } from '../domains/tokens/registration-tokens.ts'
import type { Tokens } from '../domains/tokens/tokens.ts'
import type { InvitedMembers } from '../domains/user-lifecycle/invited-members.ts'
import type { UserLifecycle } from '../domains/user-lifecycle/user-lifecycle.ts'
import type { UserProfiles } from '../domains/users/user-profiles.ts'
import type { LogoutSender } from '../login/logout-sender.ts'
import type { SessionLogout } from '../login/session-logout.ts'
import type { SessionRoutes } from '../login/session-routes.ts'
import type { Patterns } from '../patterns/patterns.ts'
import type { ClientLifecycles } from './compose-client-lifecycles.ts'
import type { MailParts } from './compose-mail.ts'
import type { RealmDomains, Transfer } from './compose-realm-domains.ts'
import type { KnownThemes } from './compose-themes.ts'
import type { WebhookParts } from './compose-webhooks.ts'
import type { WorkflowParts } from './compose-workflows.ts'

/** Every domain, by the name of its folder. */
export interface Domains
  extends RealmDomains,
    ClientLifecycles,
    MailParts,
    WebhookParts,
    WorkflowParts {
  readonly events: Events
  readonly keys: Keys
  readonly clientKeys: ClientKeys
  readonly credentials: Credentials
  readonly patterns: Patterns
  readonly sessions: Sessions
  readonly userLifecycle: UserLifecycle
  readonly organizationInvitations: OrganizationInvitations
  readonly invitedMembers: InvitedMembers
  readonly consents: Consents
  readonly userProfiles: UserProfiles
  readonly singleUse: SingleUseObjects
  readonly loginStates: LoginStateRecords
  readonly permissionTickets: PermissionTickets
  readonly tokens: Tokens
  readonly clientEncryption: ClientEncryption
  readonly accessTokens: AccessTokens
  readonly dpopProofs: DpopProofs
  readonly presentedTokens: PresentedTokens
  readonly registrationTokens: RegistrationTokens
  readonly identityTokens: IdentityTokens
  readonly clientLogouts: SessionLogout
  /** Sends nothing before `begin()`. */
  readonly logoutSender: LogoutSender
  readonly transfer: Transfer
  readonly themes: KnownThemes
  readonly sessionRoutes: SessionRoutes
}
