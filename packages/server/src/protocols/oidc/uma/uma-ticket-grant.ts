import type { FastifyRequest } from 'fastify'
import {
  AskedPermissions,
  type PermissionQuery,
  PermissionQueryProblem,
  parsePermission,
  permissionsByUri,
} from '../../../domains/authorization/asked-permissions.ts'
import {
  type GrantedPermission,
  grantedPermissions,
} from '../../../domains/authorization/granted-permissions.ts'
import { identityOfToken } from '../../../domains/authorization/identity-of-token.ts'
import type { PermissionTickets } from '../../../domains/authorization/permission-tickets.ts'
import type { Identity } from '../../../domains/authorization/policy-conditions.ts'
import { PolicyEvaluation } from '../../../domains/authorization/policy-evaluation.ts'
import type { ResourceServer } from '../../../domains/authorization/resource-server.ts'
import type { ResourceServers } from '../../../domains/authorization/resource-servers.ts'
import type { Client } from '../../../domains/clients/client.ts'
import type { Groups } from '../../../domains/groups/groups.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { VerifiedToken } from '../../../domains/tokens/access-tokens.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import type { Patterns } from '../../../patterns/patterns.ts'
import type { Grant, GrantAnswer, GrantRequest } from '../grants/grant.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import type {
  PermissionRequestTokens,
  PermissionTicketClaims,
} from './permission-request-tokens.ts'
import { contextOf, pushedClaims } from './pushed-claims.ts'
import { requestingPartyToken } from './requesting-party-token.ts'
import { ticketRequests } from './ticket-requests.ts'
import { idTokenFormat, jwtFormat, type UmaSubject, umaSubject } from './uma-subject.ts'

export interface UmaTicketGrantDeps
  extends Pick<
    OidcDeps,
    'accessTokens' | 'clients' | 'tokens' | 'users' | 'sessions' | 'clock' | 'urls'
  > {
  readonly resourceServers: Pick<ResourceServers, 'of'>
  readonly permissionTickets: PermissionTickets
  readonly permissionRequestTokens: PermissionRequestTokens
  readonly groups: Pick<Groups, 'byId'>
  readonly patterns: Pick<Patterns, 'verdict'>
}

/** Resources and scopes that one request decides about; `response_permissions_limit` may ask for fewer. */
const decisionsMax = 5_000
/** `permission` parameters of one request. */
const queriesMax = 500
const bearer = /^Bearer +(\S+)$/i

const refused = (status: number, error: string, description: string, eventError = error) =>
  new OAuthError(status, error, description, { eventError })

/**
 * The UMA 2.0 grant, with Keycloak's additions: permissions may be asked for without a ticket, and the answer may be the
 * decision itself. A token holds what was granted, not all that was asked for.
 */
export class UmaTicketGrant implements Grant {
  readonly type = 'urn:ietf:params:oauth:grant-type:uma-ticket'
  readonly eventType = 'PERMISSION_TOKEN'
  readonly repeatable = ['permission', 'audience']
  readonly #deps: UmaTicketGrantDeps

  constructor(deps: UmaTicketGrantDeps) {
    this.#deps = deps
  }

  async bearerOf(
    { headers: { authorization = '' } }: FastifyRequest,
    realm: Realm,
    places: ServerPlaces,
  ): Promise<VerifiedToken | null> {
    const text = bearer.exec(authorization)?.[1]
    if (text === undefined) return null
    const verdict = await this.#deps.accessTokens.verify(realm, issuerOf(places, realm), text)
    if (verdict.valid) return verdict.token
    throw refused(400, 'invalid_grant', 'Invalid bearer token', 'invalid_token')
  }

  async issue(request: GrantRequest): Promise<GrantAnswer> {
    const { realm, form, places, client, event } = request
    event.details['auth_method'] = 'oauth_credentials'
    const claimToken = form.get('claim_token')
    const format =
      form.get('claim_token_format') ?? (claimToken === null ? jwtFormat : idTokenFormat)
    const ticket = this.#ticket(request)
    if (claimToken !== null && client.representation.publicClient && !ticket) {
      throw refused(403, 'invalid_grant', 'Public clients are not allowed to send claims')
    }
    if (![jwtFormat, idTokenFormat].includes(format)) {
      const known = `Claim token format [${format.slice(0, 255)}] not supported`
      throw refused(400, 'invalid_request', known)
    }
    const claims = { ...(format === jwtFormat ? pushedClaims(claimToken) : {}), ...ticket?.claims }
    const server = await this.#resourceServer(request, ticket)
    const subject = await umaSubject(this.#deps, request, format)
    event.userId = subject.user.id
    const rpt = await this.#rpt(request, subject)
    const decided = await this.#decide(request, server, subject, { ticket, rpt, claims })
    const authorization = { permissions: decided }
    const mode = form.get('response_mode')
    if (mode === 'decision') return onlyAnswer({ result: true })
    if (mode === 'permissions') return onlyAnswer(decided)
    if (mode !== null) throw refused(400, 'invalid_request', 'Invalid response_mode')
    const issued = await requestingPartyToken(this.#deps, {
      realm,
      places,
      subject,
      confirmation: request.confirmation,
      target: await this.#clientOf(realm, server),
      authorization,
    })
    const upgraded = rpt !== null && holdsAll(decided, permissionsIn(rpt))
    return { ...issued, response: { upgraded, ...issued.response } }
  }

  /** @throws OAuthError 403 unless something, and with an earlier token everything, is granted */
  async #decide(
    { realm, form, client }: GrantRequest,
    server: ResourceServer,
    subject: UmaSubject,
    given: {
      readonly ticket: PermissionTicketClaims | null
      readonly rpt: VerifiedToken | null
      readonly claims: Identity['context']
    },
  ): Promise<GrantedPermission[]> {
    const { ticket, rpt, claims } = given
    const now = new Date(this.#deps.clock.now())
    const context = { ...claims, ...contextOf(realm, client, now) }
    const identity = await identityOfToken(this.#deps, realm, subject, { context, now })
    const tickets = await this.#deps.permissionTickets.find(realm.id, {
      clientUuid: server.clientUuid,
      requester: subject.user.id,
      granted: true,
    })
    const queries = ticket ? queriesOf(ticket) : this.#queries(server, form)
    const asked = new AskedPermissions({ server, identity, tickets }, limitOf(form))
    const more = (form.get('scope') ?? '').split(' ').filter((name) => name !== '')
    asPermissionError(() => {
      if (queries === null && rpt === null) asked.addEverything()
      for (const query of queries ?? []) asked.add(query, more)
    })
    const wanted = asked.all
    for (const { rsid = '', scopes = [] } of rpt ? permissionsIn(rpt) : []) {
      asked.addGranted(rsid, scopes)
    }
    const evaluation = new PolicyEvaluation(server, identity, this.#evaluationDeps(realm))
    const granted = await grantedPermissions(server, evaluation, asked.all, tickets)
    const submits = form.get('submit_request') !== 'false'
    if (ticket && submits) {
      const open = ticketRequests(server, subject, identity, {
        queries: ticket.permissions,
        granted,
      })
      await this.#deps.permissionTickets.submit(realm.id, open)
    }
    const complete =
      rpt === null ||
      wanted.every(({ resource, scopeIds }) =>
        granted.some(({ rsid, scopes = [] }) => {
          const names = server.scopes.filter(({ id }) => scopeIds.includes(id))
          return rsid === resource?.id && names.every(({ name }) => scopes.includes(name))
        }),
      )
    if (granted.length === 0 || !complete) {
      throw refused(
        403,
        'access_denied',
        ticket && submits ? 'request_submitted' : 'not_authorized',
      )
    }
    const named = form.get('response_include_resource_name') !== 'false'
    return granted.map(({ rsname, ...permission }) => ({
      ...permission,
      ...(named && rsname !== undefined ? { rsname } : {}),
      ...(Object.keys(claims).length > 0 ? { claims } : {}),
    }))
  }

  #ticket({ realm, places, form }: GrantRequest): PermissionTicketClaims | null {
    const text = form.get('ticket')
    if (text === null) return null
    const { permissionRequestTokens } = this.#deps
    const ticket = permissionRequestTokens.read(realm, issuerOf(places, realm), text)
    const event = 'invalid_permission_ticket'
    if (ticket === 'expired') {
      throw refused(403, 'invalid_ticket', 'Invalid permission ticket.', event)
    }
    if (ticket) return ticket
    throw refused(403, 'invalid_ticket', 'Ticket verification failed', event)
  }

  async #resourceServer(
    { realm, form, event }: GrantRequest,
    ticket: PermissionTicketClaims | null,
  ): Promise<ResourceServer> {
    const audience = ticket?.azp ?? form.get('audience')
    if (audience === null) throw refused(400, 'invalid_request', 'You must provide the issuedFor')
    event.details['audience'] = audience.slice(0, 255)
    const client = await this.#deps.clients.byClientId(realm.id, audience)
    if (!client) {
      const unknown = `Unknown resource server id: [${audience.slice(0, 255)}]`
      throw refused(400, 'invalid_request', unknown)
    }
    if (!client.enabled || client.representation.authorizationServicesEnabled !== true) {
      throw refused(400, 'invalid_request', 'Client does not support permissions')
    }
    return await this.#deps.resourceServers.of(realm.id, client.id)
  }

  /** An earlier requesting party token of the same person, which is to be added to. */
  async #rpt(
    { realm, places, form }: GrantRequest,
    subject: UmaSubject,
  ): Promise<VerifiedToken | null> {
    const text = form.get('rpt')
    if (text === null) return null
    const { accessTokens } = this.#deps
    const issuer = issuerOf(places, realm)
    const types = ['Bearer', 'DPoP']
    const verdict = await accessTokens.verify(realm, issuer, text, types, 'store', 'whoever')
    if (verdict.valid && verdict.token.user.id === subject.user.id) return verdict.token
    throw refused(403, 'invalid_rpt', 'RPT signature is invalid', 'invalid_request')
  }

  /** @returns null where the request names no permission */
  #queries(server: ResourceServer, form: URLSearchParams): PermissionQuery[] | null {
    const given = form.getAll('permission')
    if (given.length > queriesMax) throw refused(400, 'invalid_request', 'Too many permissions')
    const format = form.get('permission_resource_format') ?? 'id'
    if (given.length === 0 || !['id', 'uri'].includes(format)) return null
    const queries = given.map(parsePermission)
    if (format === 'id') return queries
    const matching = form.get('permission_resource_matching_uri') === 'true'
    return asPermissionError(() => permissionsByUri(server, queries, matching))
  }

  async #clientOf(realm: Realm, { clientUuid }: ResourceServer): Promise<Client> {
    const client = await this.#deps.clients.byId(realm.id, clientUuid)
    if (client) return client
    throw refused(400, 'invalid_request', 'Client does not support permissions')
  }

  #evaluationDeps(realm: Realm) {
    const { patterns, groups } = this.#deps
    return {
      verdict: async (pattern: string, text: string) =>
        await patterns.verdict(pattern, text, { realm: realm.name, setting: 'policy regex' }),
      groupPath: async (id: string) => (await groups.byId(realm.id, id))?.path,
    }
  }
}

function onlyAnswer(response: GrantAnswer['response']): GrantAnswer {
  return { response, accessTokenId: null, refreshTokenId: null }
}

function queriesOf({ permissions }: PermissionTicketClaims): PermissionQuery[] {
  return permissions.map(({ rsid = '', scopes = [] }) => ({ resource: rsid, scopes }))
}

function limitOf(form: URLSearchParams): number {
  const text = form.get('response_permissions_limit')
  if (text === null) return decisionsMax
  if (!/^\d{1,9}$/.test(text)) {
    throw refused(400, 'invalid_request', 'Invalid response_permissions_limit')
  }
  return Math.min(Number(text), decisionsMax)
}

function permissionsIn({ claims }: VerifiedToken): GrantedPermission[] {
  const { permissions } = (claims['authorization'] ?? {}) as { permissions?: unknown }
  return Array.isArray(permissions) ? permissions : []
}

function holdsAll(
  granted: readonly GrantedPermission[],
  earlier: readonly GrantedPermission[],
): boolean {
  return earlier.every(({ rsid, scopes = [] }) =>
    granted.some(
      (each) => each.rsid === rsid && scopes.every((scope) => each.scopes?.includes(scope)),
    ),
  )
}

/** Runs what asks for permissions. @throws OAuthError 400 where there is none such */
function asPermissionError<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof PermissionQueryProblem)) throw error
    throw refused(400, error.error, error.message, 'invalid_request')
  }
}
