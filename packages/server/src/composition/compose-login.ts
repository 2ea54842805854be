import { DirectGrant } from '../domains/flows/direct-grant.ts'
import { LoginFlows } from '../domains/flows/login-flows.ts'
import type { LoginProtocol } from '../domains/flows/login-protocol.ts'
import { ClusterKeys, loginStatePurpose } from '../domains/flows/login-state/cluster-keys.ts'
import { LoginStates } from '../domains/flows/login-state/login-states.ts'
import { Seals } from '../domains/flows/login-state/seals.ts'
import { requiredActionSteps } from '../domains/flows/required-actions/registry.ts'
import { RequiredActions } from '../domains/flows/required-actions/required-actions.ts'
import type { StepsDeps } from '../domains/flows/steps/registry.ts'
import { absentProviders } from '../domains/providers/feature-providers.ts'
import { IdentityTokens } from '../domains/tokens/identity-tokens.ts'
import type { PatternMatches } from '../domains/users/profile-validators.ts'
import { OutgoingRequests } from '../http/outgoing-requests.ts'
import { ActionPages } from '../login/action-pages.ts'
import { ActionTokenHandlers } from '../login/action-token-handlers.ts'
import { ActionTokenPages } from '../login/action-token-pages.ts'
import { ActionTokenUse } from '../login/action-token-use.ts'
import { AuthenticatePages } from '../login/authenticate-pages.ts'
import { BrowserLogin } from '../login/browser-login.ts'
import { DetachedPages } from '../login/detached-pages.ts'
import { LoginEnding } from '../login/login-ending.ts'
import { LoginEvents } from '../login/login-events.ts'
import { LoginPageRenderer } from '../login/login-page-renderer.ts'
import { LoginRefusals } from '../login/login-refusals.ts'
import { LoginStart } from '../login/login-start.ts'
import { LoginTabs } from '../login/login-tabs.ts'
import { LoginVisits } from '../login/login-visit.ts'
import { OtherSessions } from '../login/other-sessions.ts'
import type { LoginActionsDeps } from '../login/register-login-actions.ts'
import { TabFinder } from '../login/tab-finder.ts'
import { UnaskedReset } from '../login/unasked-reset.ts'
import type { Pages } from '../pages/pages.ts'
import { AuthorizationResponses } from '../protocols/oidc/authorization/authorization-responses.ts'
import { FrontChannelTokens } from '../protocols/oidc/authorization/front-channel-tokens.ts'
import { OidcLoginProtocol } from '../protocols/oidc/authorization/oidc-login-protocol.ts'
import { PushedAuthorizationRequests } from '../protocols/oidc/authorization/pushed-authorization-requests.ts'
import type { CibaDecisions } from '../protocols/oidc/ciba/ciba-decisions.ts'
import { CibaLoginProtocol, CibaVisitProtocol } from '../protocols/oidc/ciba/ciba-login-protocol.ts'
import type { CibaRequests } from '../protocols/oidc/ciba/ciba-requests.ts'
import { DeviceLoginProtocol } from '../protocols/oidc/device/device-login-protocol.ts'
import { DeviceRequests } from '../protocols/oidc/device/device-requests.ts'
import type { composeCiba } from './compose-ciba.ts'
import type { Domains } from './domains.ts'
import type { Foundation } from './foundation.ts'

/** What the endpoints of a login are registered with. */
export interface Login {
  readonly start: LoginStart
  readonly directGrant: DirectGrant
  /** Keeps what a page without a tab says, for showing it in another language. */
  readonly states: Pick<LoginStates, 'sealDetached'>
  readonly seals: Seals
  readonly deviceRequests: DeviceRequests
  readonly actions: Omit<LoginActionsDeps, 'realms' | 'urls'>
}

/** Builds the login in the browser and the password grant, which run the same flows. */
export function composeLogin(
  foundation: Foundation,
  domains: Domains,
  renderer: Pages,
  ciba: Pick<ReturnType<typeof composeCiba>, 'cibaDecisions' | 'cibaRequests'>,
): Login {
  const { database, secretBox, clock, loggers } = foundation
  const { consents, users, singleUse, clients, sessions, events, tokens } = domains
  const { clientLogouts: logout } = domains
  const logger = loggers.of('org.keycloak.services')
  const { flows, requiredActions } = composeFlows(foundation, domains)
  const keys = new ClusterKeys({ database, secretBox, clock, purpose: loginStatePurpose })
  const seals = new Seals({ keys })
  const states = new LoginStates({ records: domains.loginStates, seals, clock })
  const identityTokens = new IdentityTokens({ tokens })
  const routes = domains.sessionRoutes
  const visits = new LoginVisits({ identityTokens, sessions, users, clock, routes })
  const pages = new LoginPageRenderer({ pages: renderer })
  const detached = new DetachedPages({ states, pages })
  const deviceRequests = new DeviceRequests({ singleUse, clock })
  const protocols = loginProtocols({ ...domains, ...ciba, clock, deviceRequests })
  const finder = new TabFinder({ states, clients, protocols, clock })
  const loginEvents = new LoginEvents({ events })
  const refusals = new LoginRefusals({ pages, events: loginEvents, logger })
  const tokenUse = new ActionTokenUse({ singleUse })
  const otherSessions = new OtherSessions({ sessions, logout })
  const common = {
    tokenUse,
    users,
    requiredActions,
    consents,
    states,
    pages,
    clock,
    refusals,
    events: loginEvents,
  }
  const ending = new LoginEnding({ ...common, identityTokens })
  const { clientCertificates } = foundation
  const ofBrowser = { ...common, clientCertificates, clients, visits, protocols }
  const login = new BrowserLogin({ ...ofBrowser, flows, ending })
  const tabs = new LoginTabs({ login, finder, refusals, detached })
  const actions = new ActionPages({ ...common, login, ending, tabs, otherSessions })
  const unaskedReset = new UnaskedReset({ clients, login, detached })
  const authenticate = new AuthenticatePages({
    ...{ login, tabs, refusals, actions, detached, logout, unaskedReset },
  })
  const ofLinks = { ...common, tokens: domains.actionTokens, login, clients, detached }
  const handlers = new ActionTokenHandlers({
    ...ofLinks,
    use: tokenUse,
    codes: domains.sentCodes,
    ending,
    otherSessions,
    invitedMembers: domains.invitedMembers,
  })
  const actionTokens = new ActionTokenPages({ ...ofLinks, handlers, rawEvents: events })
  return {
    start: new LoginStart({ login, visits, pages, detached }),
    states,
    seals,
    deviceRequests,
    directGrant: new DirectGrant({ flows, requiredActions, clock }),
    actions: { visits, authenticate, actions, detached, actionTokens },
  }
}

/** Builds what a login consists of: the steps of its flow and the required actions behind it. */
function composeFlows({ database, clock, settings, vault }: Foundation, domains: Domains) {
  const { credentials, patterns, users, mails, singleUse, userLifecycle: lifecycle } = domains
  const matches: PatternMatches = (...given) => patterns.matches(...given)
  const codes = domains.sentCodes
  const captchaRequests = new OutgoingRequests(settings.outgoing)
  const secretOf = (realm: string, value: string) => vault.secretOf(realm, value)
  const common = {
    users,
    lifecycle,
    invitedMembers: domains.invitedMembers,
    mails,
    codes,
    singleUse,
    database,
    credentials,
    clock,
    matches,
  }
  const { sessions, clientLogouts } = domains
  const endSession: StepsDeps['endSession'] = async (realm, frontend, { id }) => {
    await clientLogouts.end(realm, { frontend, admin: frontend }, id)
  }
  const ofSteps = { ...common, patterns, captchaRequests, secretOf, sessions, endSession }
  const absent = absentProviders(settings.features)
  const flows = new LoginFlows(ofSteps, absent)
  const steps = requiredActionSteps(common).filter(({ id }) => !absent.has(id))
  return { flows, requiredActions: new RequiredActions(steps) }
}

/** Every way in which a client gets to know of a login. */
function loginProtocols(
  deps: Pick<
    Domains,
    'sessions' | 'singleUse' | 'tokens' | 'clientEncryption' | 'policyEnforcement'
  > & {
    readonly clock: Foundation['clock']
    readonly deviceRequests: DeviceRequests
    readonly cibaRequests: CibaRequests
    readonly cibaDecisions: CibaDecisions
  },
): Map<string, LoginProtocol> {
  const frontChannelTokens = new FrontChannelTokens(deps)
  const responses = new AuthorizationResponses(deps)
  const pushedRequests = new PushedAuthorizationRequests(deps)
  const oidc = new OidcLoginProtocol({ ...deps, frontChannelTokens, responses, pushedRequests })
  const device = new DeviceLoginProtocol(deps)
  const visit = new CibaVisitProtocol(deps)
  const ciba = new CibaLoginProtocol({
    ...deps,
    decide: ({ realm, client }, resultId, granted) =>
      deps.cibaDecisions.decide(realm, client, resultId, granted),
  })
  return new Map<string, LoginProtocol>([
    [oidc.name, oidc],
    [device.name, device],
    [ciba.name, ciba],
    [visit.name, visit],
  ])
}
