import type { GrantedPermission } from '../../../domains/authorization/granted-permissions.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { Tokens } from '../../../domains/tokens/tokens.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { newUuid } from '../../../shared/random.ts'

/** Keycloak's ticket has none; with it no other token of the realm can be taken for a ticket. */
const typ = 'Permission'

/** What a resource server says that somebody needs, signed (UMA 2.0 Federated Authorization §4). */
export interface PermissionTicketClaims {
  /** `clientId` of the resource server. */
  readonly azp: string
  readonly permissions: readonly Pick<GrantedPermission, 'rsid' | 'scopes'>[]
  /** Pushed by the resource server; policies look at them. */
  readonly claims?: Readonly<Record<string, readonly string[]>>
}

export interface PermissionRequestTokensDeps {
  readonly tokens: Pick<Tokens, 'signInternal' | 'verifyInternal'>
  readonly clock: Clock
}

/** Signs and reads permission tickets. */
export class PermissionRequestTokens {
  readonly #deps: PermissionRequestTokensDeps

  constructor(deps: PermissionRequestTokensDeps) {
    this.#deps = deps
  }

  /**
   * @param issuer of the realm
   * @param token that the resource server asks with: the ticket is good as long as it
   */
  async sign(
    realm: Realm,
    issuer: string,
    token: Readonly<Record<string, unknown>>,
    ticket: PermissionTicketClaims,
  ): Promise<string> {
    const { exp, sub } = token
    const { clock } = this.#deps
    const jti = `${newUuid()}-${clock.now()}`
    const claims = { exp, iat: epochSeconds(clock), jti, aud: issuer, sub }
    return await this.#deps.tokens.signInternal(realm, { ...claims, ...ticket }, typ)
  }

  /** @returns null for what is no ticket of this realm, `expired` for one whose time is over */
  read(realm: Realm, issuer: string, text: string): PermissionTicketClaims | 'expired' | null {
    const claims = this.#deps.tokens.verifyInternal(realm, text, typ)
    if (claims?.['aud'] !== issuer) return null
    const { exp } = claims
    if (typeof exp !== 'number' || exp <= epochSeconds(this.#deps.clock)) return 'expired'
    return claims as unknown as PermissionTicketClaims
  }
}
