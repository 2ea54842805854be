import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'

/** Which hint says who is to be asked (OpenID Connect CIBA Core §7.1). */
export const userHints = ['login_hint', 'id_token_hint', 'login_hint_token'] as const
export type UserHint = (typeof userHints)[number]

/** How a client learns that its user has answered (OpenID Connect CIBA Core §5). */
export type DeliveryMode = 'poll' | 'ping'

/** What realm and client say about backchannel authentication. */
export interface CibaPolicy {
  readonly enabled: boolean
  readonly mode: DeliveryMode
  readonly expiresInSeconds: number
  readonly intervalSeconds: number
  readonly hint: UserHint
  /** Where a client in ping mode is told. */
  readonly notificationEndpoint: string | undefined
  /** The only algorithm of signed requests; undefined = any that is asymmetric. */
  readonly signingAlgorithm: string | undefined
}

const expiresInSecondsDefault = 120
/** The longest that somebody may take to answer. */
export const expiresInSecondsMax = 3_600
const intervalSecondsDefault = 5
const intervalSecondsMax = 600

/** @returns what holds for a client of a realm */
export function cibaPolicyOf(realm: Realm, client: Client): CibaPolicy {
  const own = client.representation.attributes ?? {}
  const { attributes } = realm.settings
  const mode = own['ciba.backchannel.token.delivery.mode'] || settingOf(realm, 'TokenDeliveryMode')
  const hint = userHints.find((each) => each === attributes['cibaAuthRequestedUserHint'])
  return {
    enabled: own['oidc.ciba.grant.enabled'] === 'true',
    mode: mode === 'ping' ? 'ping' : 'poll',
    expiresInSeconds: bounded(
      attributes['cibaExpiresIn'],
      expiresInSecondsDefault,
      expiresInSecondsMax,
    ),
    intervalSeconds: bounded(
      attributes['cibaInterval'],
      intervalSecondsDefault,
      intervalSecondsMax,
    ),
    hint: hint ?? 'login_hint',
    notificationEndpoint: own['ciba.backchannel.client.notification.endpoint'] || undefined,
    signingAlgorithm: own['ciba.backchannel.auth.request.signing.alg'] || undefined,
  }
}

function settingOf({ settings }: Realm, name: string): string | undefined {
  return settings.attributes[`cibaBackchannel${name}`]
}

function bounded(text: string | undefined, byDefault: number, max: number): number {
  const seconds = Number(text)
  if (!text || !Number.isInteger(seconds) || seconds <= 0) return byDefault
  return Math.min(seconds, max)
}
