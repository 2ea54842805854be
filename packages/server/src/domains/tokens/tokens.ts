import type { Clock } from '../../shared/clock.ts'
import { epochSeconds } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import type { Client } from '../clients/client.ts'
import type { Keys } from '../keys/keys.ts'
import type { RealmKey } from '../keys/realm-key.ts'
import { signatureAlgorithm } from '../keys/signature-algorithm.ts'
import type { Realm } from '../realms/realm.ts'
import type { Roles } from '../roles/roles.ts'
import type { User, UserMemberships } from '../users/user.ts'
import type { Users } from '../users/users.ts'
import { agreedDetails } from './authorization-details.ts'
import type { ClientEncryption } from './client-encryption.ts'
import { accessConfirmation, type Confirmation, confirmationClaim } from './confirmation.ts'
import { copyOf, type EffectiveAccess, EffectiveAccesses } from './effective-access.ts'
import { isSignedBy, parseToken, signToken } from './json-web-token.ts'
import { organizationMapper } from './mappers/organization-mapper.ts'
import { notBefore } from './not-before.ts'
import { algorithmAttributes, headerTypes, type SignedKind } from './signed-kind.ts'
import type { Claims, ClaimsTarget, GrantShortcut } from './token-context.ts'
import { leftHalfHash } from './token-hash.ts'
import { accessTokenExpiry, refreshTokenExpiry } from './token-lifetimes.ts'
import { TokenProtectionProblem } from './token-protection-problem.ts'
import {
  permit,
  refreshConfirmation,
  sessionKind,
  settleAudience,
  shownType,
  type TokenRequest,
  type TokenSubject,
  typeOf,
} from './token-request.ts'
import type { ServerPlaces } from './web-origins.ts'

/** Algorithm of tokens that only this server reads: refresh tokens, cookies, action tokens. */
const internalAlgorithm = 'HS512'
const usualAlgorithm = 'RS256'

/** A token response (RFC 6749 §5.1) as Keycloak writes it. */
export type TokenResponse = Readonly<Record<string, string | number | boolean | unknown[]>>

/** What was issued, and the ids that the event tells. */
export interface IssuedTokens {
  readonly response: TokenResponse
  readonly accessTokenId: string
  readonly refreshTokenId: string | null
}

export interface TokensDeps {
  readonly keys: Keys
  readonly users: Users
  readonly roles: Roles
  readonly clientEncryption: Pick<ClientEncryption, 'encrypt'>
  readonly clock: Clock
}

/** @returns `iss` of a realm's tokens */
export function issuerOf(
  places: Pick<ServerPlaces, 'frontend'>,
  realm: Pick<Realm, 'name'>,
): string {
  return `${places.frontend}/realms/${encodeURIComponent(realm.name)}`
}

/** Whether access tokens of a client leave out what can be looked up by introspection. */
export function hasLightweightTokens(client: Client): boolean {
  return (
    client.representation.attributes?.['client.use.lightweight.access.token.enabled'] === 'true'
  )
}

/** Builds and signs tokens. Writes nothing. */
export class Tokens {
  readonly #deps: TokensDeps
  readonly #accesses: EffectiveAccesses

  constructor(deps: TokensDeps) {
    this.#deps = deps
    this.#accesses = new EffectiveAccesses(deps)
  }

  /** Roles and scopes that a user may have for a client. */
  async access(
    subject: Pick<TokenSubject, 'realm' | 'client' | 'user' | 'scope'>,
  ): Promise<EffectiveAccess> {
    const memberships = await this.#deps.users.memberships(subject.user)
    return await this.#accesses.of(subject.realm, subject.client, memberships, subject.scope)
  }

  /** As `access`, for what `issue` will show: its `roles` are left out where none of the tokens shows one. */
  async accessToIssue(
    subject: Pick<TokenSubject, 'realm' | 'client' | 'user' | 'scope'>,
  ): Promise<EffectiveAccess> {
    return (await this.#holdings(subject)).access
  }

  /** Issues an access token, and with it a refresh token and an id token where they belong. */
  async issue(request: TokenRequest): Promise<IssuedTokens> {
    const { realm, client, session, user } = request
    const now = epochSeconds(this.#deps.clock)
    const { memberships, access } = await this.#holdings(request)
    request.check?.(access)
    const accessClaims = this.accessClaims(request, access, memberships, now)
    request.finish?.(accessClaims)
    const refreshClaims = request.withRefreshToken
      ? this.#refreshClaims(request, access, accessClaims, now)
      : null
    if (request.authorization !== undefined) permit(accessClaims, refreshClaims, request)
    const accessToken = await this.sign(realm, client, 'access', accessClaims)
    const response: Record<string, string | number | unknown[]> = {
      access_token: accessToken,
      expires_in: (accessClaims['exp'] as number) - now,
      refresh_expires_in: 0,
    }
    let refreshTokenId: string | null = null
    if (refreshClaims !== null) {
      const expiry = refreshClaims['exp'] as number | undefined
      response['refresh_expires_in'] = expiry === undefined ? 0 : expiry - now
      response['refresh_token'] = await this.#signInternal(realm, refreshClaims)
      refreshTokenId = refreshClaims['jti'] as string
    }
    response['token_type'] = shownType(client, typeOf(accessConfirmation(request.confirmation)))
    if (access.scopes.openid) {
      response['id_token'] = await this.idToken(request, access, memberships, { accessToken })
    }
    response['not-before-policy'] = notBefore(realm, client, user)
    if (!session.transient) response['session_state'] = session.id
    response['scope'] = access.scopes.visible
    const details = agreedDetails(session.client.notes['authorization_details'])
    if (details !== undefined) response['authorization_details'] = details
    return { response, accessTokenId: accessClaims['jti'] as string, refreshTokenId }
  }

  /** Claims of an access token, unsigned: also what the evaluation of scopes in the admin console shows. */
  accessClaims(
    request: TokenSubject & {
      readonly grant: GrantShortcut
      readonly implicit?: boolean
      readonly confirmation?: Confirmation
      readonly onlyThisToken?: boolean
    },
    access: EffectiveAccess,
    memberships: UserMemberships,
    now: number = epochSeconds(this.#deps.clock),
  ): Claims {
    const { realm, client, session } = request
    const lightweight = hasLightweightTokens(client)
    const kind = sessionKind(session, request.onlyThisToken)
    const claims: Claims = {
      exp: accessTokenExpiry(realm, client, session, now, request.implicit),
      iat: now,
      jti: `${kind}${lightweight ? 'lt' : 'rt'}${request.grant}:${newUuid()}`,
      iss: issuerOf(request.places, realm),
      typ: typeOf(accessConfirmation(request.confirmation)),
      azp: client.clientId,
    }
    if (!session.transient) claims['sid'] = session.id
    // No session tells whose token it is.
    else if (lightweight) claims['sub'] = request.user.id
    claims['scope'] = access.scopes.visible
    const details = agreedDetails(session.client.notes['authorization_details'])
    if (details !== undefined) claims['authorization_details'] = details
    const cnf = confirmationClaim(accessConfirmation(request.confirmation))
    if (cnf !== undefined) claims['cnf'] = cnf
    this.applyMappers(claims, 'access', request, access, memberships, lightweight)
    settleAudience(claims)
    return claims
  }

  /**
   * Signs an id token, and encrypts it where the client wants that.
   * @param hashed values whose hashes it carries: access token, code, `state`
   * @param detached a signature of an authorization response (FAPI 1.0 Advanced §5.1.1), which tells nothing of the user
   */
  async idToken(
    request: TokenSubject & { readonly nonce?: string | undefined; readonly implicit?: boolean },
    access: EffectiveAccess,
    memberships: UserMemberships,
    hashed: { accessToken?: string; code?: string; state?: string },
    detached = false,
  ): Promise<string> {
    const { realm, client } = request
    const claims = this.idClaims(request, access, memberships, hashed, detached)
    const signed = await this.sign(realm, client, 'id', claims)
    return await this.#deps.clientEncryption.encrypt(client, 'id', signed)
  }

  /** Claims of an id token, unsigned; what is hashed and detached as for `idToken`. */
  idClaims(
    request: TokenSubject & { readonly nonce?: string | undefined; readonly implicit?: boolean },
    access: EffectiveAccess,
    memberships: UserMemberships,
    hashed: { accessToken?: string; code?: string; state?: string } = {},
    detached = false,
  ): Claims {
    const { realm, client, session, user } = request
    const now = epochSeconds(this.#deps.clock)
    const algorithm = this.algorithm(realm, client, 'id')
    const claims: Claims = {
      exp: accessTokenExpiry(realm, client, session, now, request.implicit),
      iat: now,
      jti: newUuid(),
      iss: issuerOf(request.places, realm),
      aud: [client.clientId],
      sub: user.id,
      typ: 'ID',
      azp: client.clientId,
    }
    if (request.nonce !== undefined) claims['nonce'] = request.nonce
    if (!session.transient) claims['sid'] = session.id
    if (hashed.accessToken !== undefined) {
      claims['at_hash'] = leftHalfHash(algorithm, hashed.accessToken)
    }
    if (hashed.code !== undefined) claims['c_hash'] = leftHalfHash(algorithm, hashed.code)
    if (hashed.state !== undefined) claims['s_hash'] = leftHalfHash(algorithm, hashed.state)
    if (!detached) this.applyMappers(claims, 'id', request, access, memberships, false)
    settleAudience(claims)
    return claims
  }

  /** Claims of userinfo, for whatever scope a token or an administrator's example has. */
  async userinfoClaims(subject: TokenSubject): Promise<Claims> {
    const claims: Claims = { sub: subject.user.id }
    const access = await this.access(subject)
    const memberships = await this.memberships(subject.user)
    this.applyMappers(claims, 'userinfo', subject, access, memberships, false)
    // It says when the user signed in, not who the user is: only tokens carry it.
    delete claims['auth_time']
    return claims
  }

  /** Lets the mappers of the granted scopes and of the client act on claims. */
  applyMappers(
    claims: Claims,
    target: ClaimsTarget,
    subject: TokenSubject,
    access: EffectiveAccess,
    memberships: UserMemberships,
    lightweight: boolean,
  ): void {
    const mappers = access.scopes.mappers(target, lightweight)
    // Only these two kinds change roles, and they act before those that read them.
    const changesRoles = mappers.some(({ type }) => type.priority === 10 || type.priority === 20)
    const context = {
      target,
      realm: subject.realm,
      client: subject.client,
      user: subject.user,
      memberships,
      session: subject.session,
      places: subject.places,
      roles: changesRoles ? copyOf(access.roles) : access.roles,
      organizations: access.scopes.organizations,
      organizationClaim: mappers.find(({ type }) => type === organizationMapper)?.path ?? null,
      acrLevels: access.acrLevels,
    }
    for (const { type, config, path } of mappers) type.apply(claims, context, config, path)
  }

  /** Signs with the key and algorithm that client and realm chose for this kind of token. */
  async sign(realm: Realm, client: Client, kind: SignedKind, claims: Claims): Promise<string> {
    const algorithm = this.algorithm(realm, client, kind)
    if (!signatureAlgorithm(algorithm)) {
      throw new TokenProtectionProblem(
        `Client ${client.clientId} wants a signature that is not there: ${algorithm}`,
      )
    }
    const key = await this.#deps.keys.signingKey(realm, algorithm)
    const headerType = headerTypes[kind]
    if (headerType !== undefined) return await signToken(key, claims, headerType)
    const rfc9068 =
      client.representation.attributes?.['access.token.header.type.rfc9068'] === 'true'
    return await signToken(key, claims, kind === 'access' && rfc9068 ? 'at+jwt' : 'JWT')
  }

  /** The algorithm that signs this kind of token of a client. */
  algorithm(realm: Realm, client: Client, kind: SignedKind): string {
    return (
      client.representation.attributes?.[algorithmAttributes[kind]] ||
      realm.settings.defaultSignatureAlgorithm ||
      usualAlgorithm
    )
  }

  /**
   * Signs claims that only this server reads again (HS512 with the realm's HMAC key).
   * @param typ claim `typ`: `Serialized-ID`, `Refresh`, …
   */
  async signInternal(realm: Realm, claims: Claims, typ: string): Promise<string> {
    return await this.#signInternal(realm, { ...claims, typ })
  }

  /**
   * Reads claims that `signInternal` signed. Expiry and issuer are the caller's to check.
   * @param typ the claim `typ` that is expected, or several
   * @returns null for anything that this realm did not sign as such
   */
  verifyInternal(realm: Realm, text: string, typ: string | readonly string[]): Claims | null {
    const token = parseToken(text)
    if (!token || token.header.alg !== internalAlgorithm) return null
    const key = this.#deps.keys.ring(realm).byKid(token.header.kid ?? '')
    if (!key || !isSignedBy(key, token)) return null
    const types = typeof typ === 'string' ? [typ] : typ
    return types.includes(String(token.claims['typ'])) ? token.claims : null
  }

  /** The user's memberships, as mappers want them. */
  memberships(user: User): Promise<UserMemberships> {
    return this.#deps.users.memberships(user)
  }

  /** What the user has. Roles are left out of it where none of the tokens shows one. */
  async #holdings({
    realm,
    client,
    user,
    scope,
  }: Pick<TokenSubject, 'realm' | 'client' | 'user' | 'scope'>): Promise<{
    memberships: UserMemberships
    access: EffectiveAccess
  }> {
    const { users } = this.#deps
    if (hasLightweightTokens(client)) {
      const memberships = await users.membershipsWithoutRoles(user)
      const access = await this.#accesses.withoutRoles(realm, client, user, memberships, scope)
      const { scopes } = access
      const mappers = [
        ...scopes.mappers('access', true),
        ...(scopes.openid ? scopes.mappers('id', false) : []),
      ]
      if (!mappers.some(({ type }) => type.seesRoles)) return { memberships, access }
    }
    const memberships = await users.memberships(user)
    return { memberships, access: await this.#accesses.of(realm, client, memberships, scope) }
  }

  #refreshClaims(
    request: TokenRequest,
    access: EffectiveAccess,
    accessClaims: Claims,
    now: number,
  ): Claims {
    const { realm, client, session } = request
    const issuer = issuerOf(request.places, realm)
    const expiry = refreshTokenExpiry(realm, client, session)
    // What is undefined is left out of the token; spreading what is there costs several times as much.
    return {
      exp: expiry ?? undefined,
      iat: now,
      jti: request.refreshTokenId ?? newUuid(),
      iss: issuer,
      aud: issuer,
      sub: accessClaims['sub'],
      typ: session.offline ? 'Offline' : 'Refresh',
      azp: client.clientId,
      sid: session.id,
      scope: request.refreshScope ?? access.scopes.complete,
      aud_x: accessClaims['aud'],
      prov: 'default',
      reuse_id: request.reuseId ?? undefined,
      cnf: confirmationClaim(
        refreshConfirmation(request.issuedFor ?? client, request.confirmation),
      ),
    }
  }

  async #signInternal(realm: Realm, claims: Claims): Promise<string> {
    return await signToken(await this.#internalKey(realm), claims)
  }

  async #internalKey(realm: Realm): Promise<RealmKey> {
    return await this.#deps.keys.signingKey(realm, internalAlgorithm)
  }
}
