import type { Clock } from '../../../shared/clock.ts'
import type { Realm } from '../../realms/realm.ts'
import type { SingleUseObjects } from '../../sessions/single-use-objects.ts'
import type { User } from '../../users/user.ts'

/** Keycloak's name of the setting, and its default. */
const setting = 'emailResendCooldownSeconds'
const secondsDefault = 30
const secondsMax = 86_400

/** Keeps a user from having one mail after another sent. */
export class MailCooldown {
  readonly #singleUse: Pick<SingleUseObjects, 'putIfAbsent' | 'read'>
  readonly #clock: Clock

  constructor(deps: {
    readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent' | 'read'>
    readonly clock: Clock
  }) {
    this.#singleUse = deps.singleUse
    this.#clock = deps.clock
  }

  /**
   * A mail is about to be sent; the next one has to wait.
   * @param action alias of the required action that sends it, whose setting counts
   * @returns 0, or the seconds that are left of the wait for this one
   */
  async begin(realm: Realm, action: string, user: Pick<User, 'id'>): Promise<number> {
    const seconds = secondsOf(realm, action)
    if (seconds === 0) return 0
    const now = this.#clock.now()
    const until = now + seconds * 1000
    const id = `mail-cooldown.${action}.${user.id}`
    if (await this.#singleUse.putIfAbsent(id, until, { until })) return 0
    const running = await this.#singleUse.read(id)
    const left = Number(running?.['until'] ?? until) - now
    return Math.max(1, Math.ceil(left / 1000))
  }
}

function secondsOf({ settings }: Realm, action: string): number {
  const config = settings.requiredActions.find(({ alias }) => alias === action)?.config
  const seconds = Number(config?.[setting] ?? secondsDefault)
  return Number.isInteger(seconds) && seconds >= 0 ? Math.min(seconds, secondsMax) : secondsDefault
}
