import type { Clock } from '../../shared/clock.ts'
import { randomBase64Url } from '../../shared/random.ts'
import type { Clients } from '../clients/clients.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Claims, TokenSession } from './token-context.ts'
import type { TokenSubject } from './token-request.ts'
import type { Tokens } from './tokens.ts'

/** Bytes of a session's id. */
const sessionIdBytes = 18

export interface ExampleTokensDeps {
  readonly tokens: Tokens
  readonly clients: Pick<Clients, 'byClientId'>
  readonly clock: Clock
}

/** For whom the tokens would be. */
export type ExampleSubject = Omit<TokenSubject, 'session'>

/** What tokens of a user for a client would say if the user signed in now. Nobody is signed in, nothing is signed. */
export class ExampleTokens {
  readonly #deps: ExampleTokensDeps

  constructor(deps: ExampleTokensDeps) {
    this.#deps = deps
  }

  /**
   * @param audience clients that the token is to be for; unknown ones are passed over
   * @throws ModelError `missing` for a client that the token would not be for
   */
  async access(given: ExampleSubject, audience: readonly string[]): Promise<Claims> {
    const { tokens, clients } = this.#deps
    const access = await tokens.access(given)
    const session = this.#session(access.scopes.offline)
    const memberships = await tokens.memberships(given.user)
    const request = { ...given, session, grant: 'na' as const }
    const claims = tokens.accessClaims(request, access, memberships)
    const known: string[] = []
    for (const clientId of audience) {
      if (await clients.byClientId(given.realm.id, clientId)) known.push(clientId)
    }
    return known.length === 0 ? claims : narrowed(claims, known)
  }

  async id(given: ExampleSubject): Promise<Claims> {
    const { tokens } = this.#deps
    const access = await tokens.access(given)
    const session = this.#session(access.scopes.offline)
    const memberships = await tokens.memberships(given.user)
    return tokens.idClaims({ ...given, session }, access, memberships)
  }

  async userinfo(given: ExampleSubject): Promise<Claims> {
    return await this.#deps.tokens.userinfoClaims({ ...given, session: this.#session(false) })
  }

  #session(offline: boolean): TokenSession {
    const now = this.#deps.clock.now()
    return {
      id: randomBase64Url(sessionIdBytes),
      transient: false,
      offline,
      rememberMe: false,
      startedAt: now,
      lastAccess: now,
      notes: {},
      client: { startedAt: now, lastAccess: now, notes: {} },
    }
  }
}

/** As Keycloak narrows tokens to a requested audience: roles of other clients go too. */
function narrowed(claims: Claims, wanted: readonly string[]): Claims {
  const audience = [claims['aud'] ?? []].flat().map(String)
  const missing = wanted.find((clientId) => !audience.includes(clientId))
  if (missing !== undefined) {
    throw new ModelError('missing', `Requested audience not available: ${missing}`)
  }
  const access = Object.entries((claims['resource_access'] ?? {}) as Record<string, unknown>)
  const left = access.filter(([clientId]) => wanted.includes(clientId))
  return {
    ...claims,
    aud: wanted.length === 1 ? wanted[0] : wanted,
    ...(access.length > 0 ? { resource_access: Object.fromEntries(left) } : {}),
  }
}
