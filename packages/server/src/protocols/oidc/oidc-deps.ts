import type { ClientLifecycle } from '../../domains/client-lifecycle/client-lifecycle.ts'
import type { Clients } from '../../domains/clients/clients.ts'
import type { ClientKeys } from '../../domains/clients/keys/client-keys.ts'
import type { Events } from '../../domains/events/events.ts'
import type { DirectGrant } from '../../domains/flows/direct-grant.ts'
import type { LoginStates } from '../../domains/flows/login-state/login-states.ts'
import type { Seals } from '../../domains/flows/login-state/seals.ts'
import type { Keys } from '../../domains/keys/keys.ts'
import type { Organizations } from '../../domains/organizations/organizations.ts'
import type { ClientChanges } from '../../domains/policy-enforcement/client-changes.ts'
import type { PolicyEnforcement } from '../../domains/policy-enforcement/policy-enforcement.ts'
import type { Realms } from '../../domains/realms/realms.ts'
import type { Roles } from '../../domains/roles/roles.ts'
import type { Sessions } from '../../domains/sessions/sessions.ts'
import type { SingleUseObjects } from '../../domains/sessions/single-use-objects.ts'
import type { AccessTokens } from '../../domains/tokens/access-tokens.ts'
import type { ClientEncryption } from '../../domains/tokens/client-encryption.ts'
import type { DpopProofs } from '../../domains/tokens/dpop-proofs.ts'
import type { IdentityTokens } from '../../domains/tokens/identity-tokens.ts'
import type { PresentedTokens } from '../../domains/tokens/presented-tokens.ts'
import type { RegistrationTokens } from '../../domains/tokens/registration-tokens.ts'
import type { Tokens } from '../../domains/tokens/tokens.ts'
import type { Users } from '../../domains/users/users.ts'
import type { ClientCertificates } from '../../http/client-certificates/client-certificates.ts'
import type { ServerUrls } from '../../http/server-urls.ts'
import type { SessionLogout } from '../../login/session-logout.ts'
import type { Pages } from '../../pages/pages.ts'
import type { Patterns } from '../../patterns/patterns.ts'
import type { Clock } from '../../shared/clock.ts'

/** What the OpenID Connect endpoints may draw on; each names the part that it needs. */
export interface OidcDeps {
  readonly realms: Realms
  readonly clients: Clients
  readonly clientKeys: ClientKeys
  readonly users: Users
  readonly organizations: Pick<Organizations, 'hasAlias'>
  readonly keys: Keys
  readonly sessions: Sessions
  readonly singleUse: SingleUseObjects
  readonly tokens: Tokens
  readonly clientEncryption: ClientEncryption
  readonly accessTokens: AccessTokens
  readonly dpopProofs: DpopProofs
  readonly presentedTokens: PresentedTokens
  readonly registrationTokens: RegistrationTokens
  readonly roles: Roles
  readonly clientLifecycle: ClientLifecycle
  readonly clientChanges: ClientChanges
  readonly policyEnforcement: Pick<PolicyEnforcement, 'enforce'>
  readonly identityTokens: IdentityTokens
  readonly clientLogouts: SessionLogout
  readonly pages: Pages
  /** Absent while nothing can run login flows: then there is no password grant. */
  readonly directGrant?: Pick<DirectGrant, 'authenticate'>
  readonly loginStates: Pick<LoginStates, 'sealDetached'>
  readonly seals: Seals
  readonly events: Pick<Events, 'record' | 'written'>
  readonly urls: ServerUrls
  readonly clientCertificates: Pick<ClientCertificates, 'of' | 'knownOf' | 'canBeShown'>
  readonly patterns: Pick<Patterns, 'matches' | 'verdict'>
  readonly clock: Clock
}
