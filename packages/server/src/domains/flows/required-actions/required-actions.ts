import type { Realm, RequiredAction } from '../../realms/realm.ts'
import type { ActionParties, RequiredActionStep, SettledAction } from './required-action.ts'

/** An action that is due. */
export interface DueAction {
  /** Its alias: the `execution` of its addresses. */
  readonly alias: string
  /** Undefined when this server does not have it: the login cannot end. */
  readonly step: RequiredActionStep | undefined
}

/** Which required actions a user still has to do, in the realm's order. */
export class RequiredActions {
  readonly #steps: ReadonlyMap<string, RequiredActionStep>
  /** Kept for as long as the snapshot of their realm. */
  readonly #enabled = new WeakMap<Realm, readonly RequiredAction[]>()

  constructor(steps: readonly RequiredActionStep[]) {
    this.#steps = new Map(steps.map((step) => [step.id, step]))
  }

  /** @returns the first action that is due, or null. Actions that the realm has switched off are never due. */
  async next(parties: ActionParties): Promise<DueAction | null> {
    for (const action of this.#enabledIn(parties.realm)) {
      const step = this.#steps.get(action.providerId)
      if (await isDue(action, step, parties)) return { alias: action.alias, step }
    }
    return null
  }

  /** Lets the realm's actions do what they can without asking. @returns what they did, in the realm's order */
  async settle(parties: ActionParties): Promise<SettledAction[]> {
    const settled: SettledAction[] = []
    for (const { providerId } of this.#enabledIn(parties.realm)) {
      const { user } = settled.at(-1) ?? parties
      const done = await this.#steps.get(providerId)?.settle?.({ ...parties, user })
      if (done) settled.push(done)
    }
    return settled
  }

  #enabledIn(realm: Realm): readonly RequiredAction[] {
    const known = this.#enabled.get(realm)
    if (known !== undefined) return known
    const enabled = realm.settings.requiredActions
      .filter((action) => action.enabled)
      .toSorted((a, b) => a.priority - b.priority)
    this.#enabled.set(realm, enabled)
    return enabled
  }

  /** @returns the action that a client may start by this alias, or undefined */
  initiable(
    { realm }: Pick<ActionParties, 'realm'>,
    alias: string,
  ): RequiredActionStep | undefined {
    const action = realm.settings.requiredActions.find((one) => one.alias === alias && one.enabled)
    const step = action && this.#steps.get(action.providerId)
    return step?.initiable === true ? step : undefined
  }
}

async function isDue(
  { alias }: RequiredAction,
  step: RequiredActionStep | undefined,
  parties: ActionParties,
): Promise<boolean> {
  const { user, state } = parties
  if (user.requiredActions.includes(alias) || state.requiredActions.includes(alias)) return true
  return (await step?.isTriggered?.(parties)) ?? false
}
