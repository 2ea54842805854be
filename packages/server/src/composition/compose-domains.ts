import { join } from 'node:path'
import { localCacheBound } from '../config/local-cache-bound.ts'
import type { ServerSettings } from '../config/server-settings.ts'
import { DatabaseUnavailable } from '../database/database-error.ts'
import { PermissionTickets } from '../domains/authorization/permission-tickets.ts'
import { Credentials, type CredentialsDeps } from '../domains/credentials/credentials.ts'
import { defaultHashingLimits } from '../domains/credentials/password/hashing-queue.ts'
import { AuthenticatorModels } from '../domains/credentials/webauthn/authenticator-models.ts'
import { EventOutboxes } from '../domains/events/event-outboxes.ts'
import { Consents, type ConsentsDeps } from '../domains/flows/consents/consents.ts'
import { KeyStock } from '../domains/keys/key-stock.ts'
import { Keys } from '../domains/keys/keys.ts'
import { OrganizationInvitations } from '../domains/organizations/organization-invitations.ts'
import type { Realms } from '../domains/realms/realms.ts'
import { sessionsKeptRemotely } from '../domains/sessions/remote/sessions-kept-remotely.ts'
import type { SessionOwners } from '../domains/sessions/session-copies.ts'
import { SessionPlaces } from '../domains/sessions/session-places.ts'
import { Sessions, type SessionsDeps } from '../domains/sessions/sessions.ts'
import { sessionsInRows } from '../domains/sessions/sessions-in-rows.ts'
import { SingleUseObjects } from '../domains/sessions/single-use-objects.ts'
import { AccessTokens } from '../domains/tokens/access-tokens.ts'
import { ClientEncryption } from '../domains/tokens/client-encryption.ts'
import { ClientLogouts } from '../domains/tokens/client-logouts.ts'
import { DpopProofs } from '../domains/tokens/dpop-proofs.ts'
import { IdentityTokens } from '../domains/tokens/identity-tokens.ts'
import { LogoutNotices } from '../domains/tokens/logout-notices.ts'
import { PresentedTokens } from '../domains/tokens/presented-tokens.ts'
import { RegistrationTokens } from '../domains/tokens/registration-tokens.ts'
import { Tokens } from '../domains/tokens/tokens.ts'
import { InvitedMembers } from '../domains/user-lifecycle/invited-members.ts'
import { UserLifecycle, type UserLifecycleDeps } from '../domains/user-lifecycle/user-lifecycle.ts'
import { UserProfiles } from '../domains/users/user-profiles.ts'
import { OutgoingRequests } from '../http/outgoing-requests.ts'
import { RealmKeyStores } from '../key-stores/realm-key-stores.ts'
import { LogoutSender } from '../login/logout-sender.ts'
import { SessionLogout } from '../login/session-logout.ts'
import { Patterns, patternProblem } from '../patterns/patterns.ts'
import { RemoteStoreUnavailable } from '../remote-stores/remote-store-unavailable.ts'
import type { DisposalStack } from '../shared/disposal-stack.ts'
import { composeClientKeys } from './compose-client-keys.ts'
import { composeClientLifecycles } from './compose-client-lifecycles.ts'
import { composeEvents } from './compose-events.ts'
import { composeMail } from './compose-mail.ts'
import { composeRealmDomains, composeTransfer, type RealmDomains } from './compose-realm-domains.ts'
import type { RemoteKinds } from './compose-remote-store.ts'
import { composeThemes } from './compose-themes.ts'
import { composeWebhooks } from './compose-webhooks.ts'
import { composeWorkflows, composeWorkflowTriggers } from './compose-workflows.ts'
import type { Domains } from './domains.ts'
import type { Foundation } from './foundation.ts'
import type { CacheKind, Clustering } from './start-clustering.ts'

/**
 * Builds the domains bottom up; each receives the verbs of lower ones:
 * events < realms < keys < roles < groups < identity-providers < organizations < users < clients < components < credentials < sessions <
 * user-lifecycle < client-lifecycle < mails < webhooks < workflows < flows < tokens < policy-enforcement < administration < transfer.
 */
export async function composeDomains(
  foundation: Foundation,
  clustering: Pick<Clustering, 'cache' | 'sessionRoutes'> & {
    readonly sessionOwners: SessionOwners | null
  },
  remote: RemoteKinds,
  running: DisposalStack,
): Promise<Domains> {
  const { settings, loggers, clock, database, secretBox, metrics } = foundation
  const caches = { of: <V>(kind: CacheKind) => clustering.cache<V>(kind) }
  const services = loggers.of('org.keycloak.services')
  const keyStock = running.use(new KeyStock())
  const keyStores = new RealmKeyStores(settings.dataDir)
  const data = composeRealmDomains({
    ...{ database, secretBox, caches, keyStock, keyStores, features: settings.features },
    onUnreadableSecret: (place, name, err) =>
      services.error({ err }, `The secret ${name} of a ${place} cannot be opened`),
    triggersOf: (of) => running.use(composeWorkflowTriggers(foundation, of)),
  })
  const { realms, users, clients, roles, workflowTriggers: watch } = data
  const { values, features } = settings
  const webhookParts = composeWebhooks(foundation, realms, running)
  const outbox = new EventOutboxes([webhookParts.webhooks, watch])
  const reported = { loggers, metrics, values, features }
  const events = composeEvents({ database, clock, ...reported, realms, outbox })
  running.defer(async () => await events.close())
  const keys = new Keys({
    ...{ realms, keyStock, keyStores, database },
    onUnusableKey: (component, err) =>
      services.error({ err }, `The key ${component.name} (${component.id}) cannot be used`),
  })
  const warn = (text: string) => services.warn(text)
  const patterns = running.use(new Patterns({ warn }))
  const matches: Patterns['matches'] = (...given) => patterns.matches(...given)
  const ofCredentials = {
    ...{ database, secretBox, users, clock, metrics, patterns, warn, events },
    onUnreadableCredential: (type: string, err: unknown) =>
      services.error({ err }, `A credential of type ${type} cannot be opened`),
  }
  const credentials = running.use(composeCredentials(ofCredentials, settings, remote))
  const clientKeys = composeClientKeys(clock, services, settings)
  const { sessionOwners: owners } = clustering
  const ofSessions = { database, keys, clock, failures: credentials.failures, owners }
  const sessions = running.use(
    composeSessions({ ...ofSessions, realms }, settings, remote, services),
  )
  const ofUsers = { ...data, database, clock, credentials, sessions, watch }
  const userVerbs = composeUserVerbs({ ...ofUsers, matches })
  const { userLifecycle } = userVerbs
  const singleUse = new SingleUseObjects(database, remote.singleUse)
  const stores = { database, clock, realms, users, roles, clients, watch }
  const lower = { ...stores, clientKeys, keys, sessions, singleUse }
  const ofTokens = composeTokens({ ...lower, settings }, services, running)
  const { outgoing, lookUp: placeholders } = settings
  const ofPolicies = { patterns, outgoing, log: services }
  const themes = await composeThemes(foundation)
  const transfer = composeTransfer({ ...ofUsers, data, userLifecycle, placeholders, warn })
  const clientVerbs = composeClientLifecycles({ ...lower, ...userVerbs, ...data, ...ofPolicies })
  const mailParts = composeMail(foundation, { realms, users, keys, events, themes }, running)
  return {
    ...data,
    events,
    keys,
    clientKeys,
    credentials,
    patterns,
    sessions,
    ...userVerbs,
    ...clientVerbs,
    singleUse,
    loginStates: remote.loginStates,
    ...ofTokens,
    ...webhookParts,
    ...mailParts,
    ...composeWorkflows(
      foundation,
      { ...ofUsers, ...userVerbs, ...clientVerbs, ...mailParts },
      running,
    ),
    themes,
    sessionRoutes: clustering.sessionRoutes,
    transfer,
  }
}

/** Names of authenticators that come with the server, from here and from the bundle alike. */
const authenticators = join(import.meta.dirname, '..', '..', 'resources', 'webauthn')

function composeCredentials(
  lower: Pick<
    CredentialsDeps,
    | 'database'
    | 'secretBox'
    | 'onUnreadableCredential'
    | 'users'
    | 'clock'
    | 'metrics'
    | 'patterns'
    | 'warn'
    | 'events'
  >,
  { attestation, dataDir, home, outgoing, values, workers }: ServerSettings,
  remote: RemoteKinds,
): Credentials {
  return new Credentials({
    ...lower,
    documents: new OutgoingRequests(outgoing),
    blacklistDirectory: join(dataDir, 'password-blacklists'),
    certificateDirectory: join(home, 'conf'),
    revocationListsMax: localCacheBound(values, 'crl'),
    attestation,
    authenticatorModels: new AuthenticatorModels(authenticators, join(home, 'conf')),
    hashing: defaultHashingLimits(workers),
    remoteFailures: remote.failures,
  })
}

function composeSessions(
  lower: Omit<SessionsDeps, 'keeping' | 'onTouchError'> & { readonly realms: Pick<Realms, 'byId'> },
  settings: ServerSettings,
  remote: RemoteKinds,
  services: ReturnType<Foundation['loggers']['of']>,
): Sessions {
  const rows = sessionsInRows(sessionPlaces(settings))
  const { sessions: caches } = remote
  const keeping = caches === null ? rows : sessionsKeptRemotely({ ...lower, caches, rows })
  return new Sessions({
    ...lower,
    keeping,
    // Copies are checked against the database's history, which says nothing about another store.
    owners: caches === null ? lower.owners : null,
    onTouchError: (err) => {
      if (err instanceof DatabaseUnavailable || err instanceof RemoteStoreUnavailable) return
      services.warn({ err }, 'Session touches could not be written and are tried again')
    },
  })
}

/** Where sessions are: without the feature, online ones are in the remote store, or rows without a log. */
export function sessionPlaces({
  features,
  remoteStore,
}: Pick<ServerSettings, 'features' | 'remoteStore'>): SessionPlaces {
  if (features.has('PERSISTENT_USER_SESSIONS')) return new SessionPlaces('logged')
  return new SessionPlaces(remoteStore === undefined ? 'unlogged' : 'elsewhere')
}

/** Clients that are told of logouts at the same time, by this process. */
const logoutRequestsMax = 500

/** Builds how users come, change and go, what they have to be like, and what they let clients have. */
function composeUserVerbs(
  lower: UserLifecycleDeps & ConsentsDeps & Pick<RealmDomains, 'realms' | 'userMemberships'>,
) {
  const organizationInvitations = new OrganizationInvitations(lower)
  return {
    organizationInvitations,
    invitedMembers: new InvitedMembers({ ...lower, organizationInvitations }),
    userLifecycle: new UserLifecycle(lower),
    userProfiles: new UserProfiles({ ...lower, patternMistake: patternProblem }),
    consents: new Consents(lower),
    permissionTickets: new PermissionTickets(lower),
  }
}

/** Builds what tokens are made and judged by. */
function composeTokens(
  lower: Pick<
    Domains,
    'realms' | 'keys' | 'users' | 'roles' | 'clients' | 'sessions' | 'singleUse' | 'clientKeys'
  > & {
    readonly clock: Foundation['clock']
    readonly database: Foundation['database']
    readonly settings: Foundation['settings']
  },
  services: ReturnType<Foundation['loggers']['of']>,
  running: DisposalStack,
) {
  const clientEncryption = new ClientEncryption(lower)
  const tokens = new Tokens({ ...lower, clientEncryption })
  const accessTokens = new AccessTokens(lower)
  const dpopProofs = new DpopProofs(lower)
  const requests = new OutgoingRequests(lower.settings.outgoing, logoutRequestsMax)
  const notices = new LogoutNotices(lower.database)
  const oidcLogouts = running.use(
    new ClientLogouts({
      ...lower,
      ...{ tokens, notices },
      post: (url, form) => requests.post(url, form),
      onFailure: (clientId, reason) =>
        services.warn(`Client ${clientId} was not told of a logout: ${reason}`),
    }),
  )
  const protocols = new Map([['openid-connect', oidcLogouts]])
  return {
    tokens,
    clientEncryption,
    accessTokens,
    dpopProofs,
    presentedTokens: new PresentedTokens({ accessTokens, dpopProofs }),
    registrationTokens: new RegistrationTokens({ ...lower, tokens }),
    identityTokens: new IdentityTokens({ tokens }),
    clientLogouts: new SessionLogout({ ...lower, protocols }),
    logoutSender: running.use(
      new LogoutSender({ ...lower, notices, logouts: oidcLogouts, log: services }),
    ),
  }
}
