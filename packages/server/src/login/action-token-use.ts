import { z } from 'zod'
import { FlowFailure } from '../domains/flows/engine/flow-failure.ts'
import { type LoginState, loginNotes } from '../domains/flows/login-state/login-state.ts'
import type { SingleUseObjects } from '../domains/sessions/single-use-objects.ts'
import type { ActionToken } from '../domains/tokens/action-tokens.ts'

/** A used token is remembered a little longer than it could be used, since clocks differ. */
const marginMs = 60_000

const note = z.strictObject({ jti: z.string(), until: z.number() })

/** Sees to it that the token of a link counts once, in one login, on all nodes together. */
export class ActionTokenUse {
  readonly #singleUse: Pick<SingleUseObjects, 'putIfAbsent' | 'read'>

  constructor(deps: { readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent' | 'read'> }) {
    this.#singleUse = deps.singleUse
  }

  /** Whether a token has been used up. */
  async isUsed({ jti }: ActionToken): Promise<boolean> {
    return (await this.#singleUse.read(idOf(jti))) !== null
  }

  /** Uses a token up. @returns false when somebody has done so before */
  async use({ jti, exp }: ActionToken): Promise<boolean> {
    return await this.#singleUse.putIfAbsent(idOf(jti), exp * 1000 + marginMs, {})
  }

  /** The login that a link has led to uses its token up later, by `claim`. */
  note(state: LoginState, { jti, exp }: ActionToken): void {
    state.notes[loginNotes.actionToken] = JSON.stringify({ jti, until: exp * 1000 + marginMs })
  }

  /**
   * Uses up the token that has led to this login, if one has. Called before anything happens that the token allows: of many
   * logins with the same one the first goes on.
   * @throws FlowFailure when another login has been faster
   */
  async claim(state: LoginState): Promise<void> {
    const noted = state.notes[loginNotes.actionToken]
    if (noted === undefined) return
    const { jti, until } = note.parse(JSON.parse(noted))
    if (await this.#singleUse.putIfAbsent(idOf(jti), until, { login: state.id })) return
    const used = await this.#singleUse.read(idOf(jti))
    if (used?.['login'] === state.id) return
    throw new FlowFailure('expired_code', {
      message: { key: 'expiredActionMessage' },
      closed: true,
    })
  }
}

function idOf(jti: string): string {
  return `action-token.${jti}`
}
