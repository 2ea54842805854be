import type { Logger } from 'pino'
import type { Client } from '../../../domains/clients/client.ts'
import type { Events } from '../../../domains/events/events.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { OAuthError } from '../oauth-error.ts'
import { cibaPolicyOf } from './ciba-policy.ts'
import type { CibaRequest, CibaRequests } from './ciba-requests.ts'

export interface CibaDecisionsDeps {
  readonly cibaRequests: Pick<CibaRequests, 'decide'>
  readonly events: Pick<Events, 'record'>
  /** Tells a client in ping mode. @returns the status of its answer */
  readonly postJson: (url: string, body: unknown, bearer: string) => Promise<number>
  readonly log: Pick<Logger, 'warn'>
}

const refused = (description: string) => new OAuthError(400, 'invalid_request', description)

/** What users have decided, wherever they were asked. */
export class CibaDecisions {
  readonly #deps: CibaDecisionsDeps

  constructor(deps: CibaDecisionsDeps) {
    this.#deps = deps
  }

  /**
   * Keeps a decision and tells the client, if it wants to be told.
   * @returns why the client could not be told: the decision holds all the same, and the client may poll; null when it was told
   * @throws OAuthError 403 when there is nothing to decide
   */
  async decide(
    realm: Realm,
    client: Client,
    resultId: string,
    granted: boolean,
  ): Promise<OAuthError | null> {
    const { cibaRequests, events } = this.#deps
    const decided = await cibaRequests.decide(realm, resultId, granted ? 'granted' : 'denied')
    if (decided === null) throw new OAuthError(403, 'invalid_token', 'Invalid token')
    if (!granted) {
      events.record({
        type: 'LOGIN_ERROR',
        realmId: realm.id,
        realmName: realm.name,
        clientId: client.clientId,
        userId: decided.userId,
        error: 'consent_denied',
        details: {},
      })
    }
    return await this.#notify(realm, client, decided)
  }

  /** OpenID Connect CIBA Core §10.2. */
  async #notify(realm: Realm, client: Client, { ping }: CibaRequest): Promise<OAuthError | null> {
    const { postJson, log } = this.#deps
    const { mode, notificationEndpoint } = cibaPolicyOf(realm, client)
    if (mode !== 'ping' || ping === null) return null
    if (notificationEndpoint === undefined) {
      return refused('Client notification endpoint not set for the client with the ping mode')
    }
    const party = `Client ${client.clientId} in realm ${realm.name}`
    try {
      const body = { auth_req_id: ping.authReqId }
      const status = await postJson(notificationEndpoint, body, ping.token)
      if (status === 200 || status === 204) return null
      log.warn(`${party} answered ${status} to a ping`)
    } catch (error) {
      log.warn(`${party} could not be pinged: ${(error as Error).message}`)
    }
    return refused('Failed to send request to client notification endpoint')
  }
}
