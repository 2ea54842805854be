import type { AdminPermissions } from '../../domains/administration/admin-permissions.ts'
import type { Administration } from '../../domains/administration/administration.ts'
import type { ResourceServers } from '../../domains/authorization/resource-servers.ts'
import type { ClientLifecycle } from '../../domains/client-lifecycle/client-lifecycle.ts'
import type { ClientScopeLifecycle } from '../../domains/client-lifecycle/client-scope-lifecycle.ts'
import type { Clients } from '../../domains/clients/clients.ts'
import type { Components } from '../../domains/components/components.ts'
import type { Credentials } from '../../domains/credentials/credentials.ts'
import type { Events } from '../../domains/events/events.ts'
import type { FlowChanges } from '../../domains/flows/changes/flow-changes.ts'
import type { RequiredActionChanges } from '../../domains/flows/changes/required-action-changes.ts'
import type { Consents } from '../../domains/flows/consents/consents.ts'
import type { Groups } from '../../domains/groups/groups.ts'
import type { IdentityProviders } from '../../domains/identity-providers/identity-providers.ts'
import type { KeyStock } from '../../domains/keys/key-stock.ts'
import type { Keys } from '../../domains/keys/keys.ts'
import type { Mails } from '../../domains/mails/mails.ts'
import type { OrganizationGroups } from '../../domains/organizations/organization-groups.ts'
import type { OrganizationInvitations } from '../../domains/organizations/organization-invitations.ts'
import type { Organizations } from '../../domains/organizations/organizations.ts'
import type { ClientChanges } from '../../domains/policy-enforcement/client-changes.ts'
import type { Providers } from '../../domains/providers/providers.ts'
import type { Realms } from '../../domains/realms/realms.ts'
import type { Roles } from '../../domains/roles/roles.ts'
import type { Sessions } from '../../domains/sessions/sessions.ts'
import type { ExampleTokens } from '../../domains/tokens/example-tokens.ts'
import type { IdentityTokens } from '../../domains/tokens/identity-tokens.ts'
import type { PresentedTokens } from '../../domains/tokens/presented-tokens.ts'
import type { RegistrationTokens } from '../../domains/tokens/registration-tokens.ts'
import type { PartialImport } from '../../domains/transfer/partial/partial-import.ts'
import type { RealmChanges } from '../../domains/transfer/realm-changes.ts'
import type { RealmExport } from '../../domains/transfer/realm-export.ts'
import type { RealmImport } from '../../domains/transfer/realm-import.ts'
import type { UserLifecycle } from '../../domains/user-lifecycle/user-lifecycle.ts'
import type { FederatedIdentities } from '../../domains/users/federated-identities.ts'
import type { UserMembershipChanges } from '../../domains/users/user-membership-changes.ts'
import type { UserProfiles } from '../../domains/users/user-profiles.ts'
import type { Users } from '../../domains/users/users.ts'
import type { Webhooks } from '../../domains/webhooks/webhooks.ts'
import type { WorkflowRuns } from '../../domains/workflows/workflow-runs.ts'
import type { Workflows } from '../../domains/workflows/workflows.ts'
import type { ClientCertificates } from '../../http/client-certificates/client-certificates.ts'
import type { OutgoingRequests } from '../../http/outgoing-requests.ts'
import type { ServerUrls } from '../../http/server-urls.ts'
import type { Logger } from '../../log/logger.ts'
import type { SessionLogout } from '../../login/session-logout.ts'
import type { SmtpMailer } from '../../mail/smtp-mailer.ts'
import type { ThemeTexts } from '../../pages/messages/theme-texts.ts'
import type { ThemeKind } from '../../pages/themes/theme-folder.ts'
import type { ThemesOfKind } from '../../pages/themes/themes.ts'
import type { Patterns } from '../../patterns/patterns.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Vault } from '../../vault/vault.ts'

/** What Admin REST is made of. */
export interface AdminDeps {
  readonly clock: Clock
  readonly urls: ServerUrls
  readonly clientChanges: ClientChanges
  readonly clientCertificates: Pick<ClientCertificates, 'of'>
  readonly presentedTokens: PresentedTokens
  readonly registrationTokens: RegistrationTokens
  readonly events: Events
  readonly providers: Providers
  readonly flowChanges: FlowChanges
  readonly requiredActionChanges: RequiredActionChanges
  /** Category `org.keycloak.services`. */
  readonly log: Logger
  readonly administration: Administration
  readonly adminPermissions: AdminPermissions
  readonly realms: Realms
  readonly keys: Keys
  readonly keyStock: Pick<KeyStock, 'take'>
  readonly components: Components
  readonly roles: Roles
  readonly groups: Groups
  readonly organizations: Organizations
  readonly workflows: Workflows
  readonly workflowRuns: WorkflowRuns
  readonly workflowRunner: { wake(): void }
  readonly organizationGroups: OrganizationGroups
  readonly organizationInvitations: OrganizationInvitations
  readonly users: Users
  readonly userLifecycle: UserLifecycle
  readonly consents: Consents
  readonly userProfiles: UserProfiles
  readonly userMemberships: UserMembershipChanges
  readonly federatedIdentities: FederatedIdentities
  readonly clients: Clients
  readonly resourceServers: ResourceServers
  readonly clientLifecycle: ClientLifecycle
  readonly clientScopeLifecycle: ClientScopeLifecycle
  readonly credentials: Credentials
  readonly patterns: Pick<Patterns, 'matches' | 'verdict'>
  readonly mailer: Pick<SmtpMailer, 'send'>
  readonly vault: Pick<Vault, 'secretOf'>
  /** Those that are on, by the names of Keycloak's profile. */
  readonly features: ReadonlySet<string>
  readonly mails: Mails
  readonly webhooks: Webhooks
  readonly sessions: Sessions
  readonly identityTokens: IdentityTokens
  readonly exampleTokens: ExampleTokens
  readonly clientLogouts: Pick<SessionLogout, 'tell'>
  readonly outgoingRequests: Pick<OutgoingRequests, 'text' | 'postSigned'>
  readonly identityProviders: IdentityProviders
  readonly themes: Readonly<Record<ThemeKind, Pick<ThemesOfKind, 'all'>>>
  readonly themeTexts: Pick<ThemeTexts, 'locales' | 'of'>
  readonly realmImport: RealmImport
  readonly partialImport: PartialImport
  readonly realmChanges: RealmChanges
  readonly realmExport: RealmExport
  /** Size and state of the cluster, for `serverinfo`; name → text. */
  readonly clusterReport: () => Readonly<Record<string, string>>
}
