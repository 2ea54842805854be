import type { Database } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Mails } from '../../mails/mails.ts'
import type { SingleUseObjects } from '../../sessions/single-use-objects.ts'
import type { LoginPageNotes } from '../engine/login-page.ts'
import { loginNotes } from '../login-state/login-state.ts'
import { userLifespanSeconds } from '../user-lifespan.ts'
import { MailCooldown } from './mail-cooldown.ts'
import type { ActionContext, ActionResult, RequiredActionStep } from './required-action.ts'

declare module '../engine/login-page.ts' {
  interface LoginPageModels {
    /** @property sent whether the mail is under way already */
    readonly 'verify-email': { readonly email: string; readonly sent: boolean }
  }
}

const action = 'VERIFY_EMAIL'
const type = 'SEND_VERIFY_EMAIL'

export interface VerifyEmailDeps {
  readonly mails: Pick<Mails, 'askForStranger' | 'canSend'>
  readonly database: Database
  readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent' | 'read'>
  readonly clock: Clock
}

/** The user has to open a link that is sent to the address. The login waits, and goes on once that has happened. */
export function verifyEmail(deps: VerifyEmailDeps): RequiredActionStep {
  return {
    id: action,
    initiable: true,
    warningKey: 'verifyEmailMessage',
    actsByLink: true,
    async isTriggered({ realm, user }) {
      return realm.settings.verifyEmail && !user.emailVerified && user.email !== null
    },
    isAnsweredElsewhere: ({ user }) => user.emailVerified,
    async challenge(context) {
      const { user, state, initiated } = context
      if (user.emailVerified || user.email === null) return { kind: 'done', user }
      const sent = state.notes[loginNotes.verifyEmailSentTo] === user.email
      // Who asks for it by a click has to click once more: pages that are only loaded send nothing.
      if (sent || initiated) return page(user.email, sent)
      return await send(deps, context, user.email)
    },
    async process(context) {
      const { user } = context
      if (user.emailVerified || user.email === null) return { kind: 'done', user }
      return await send(deps, context, user.email)
    },
  }
}

async function send(
  deps: VerifyEmailDeps,
  context: ActionContext,
  email: string,
): Promise<ActionResult> {
  const { mails, database } = deps
  const { realm, user, state, client } = context
  if (!mails.canSend(realm)) {
    context.record(`${type}_ERROR`, { email }, 'email_send_failed')
    const message = { key: 'emailSendErrorMessage' }
    return { kind: 'abort', error: 'email_send_failed', message }
  }
  const waitSeconds = await new MailCooldown(deps).begin(realm, action, user)
  if (waitSeconds > 0) {
    const params = [String(waitSeconds)]
    return page(email, true, { message: { kind: 'error', key: 'emailVerifySendCooldown', params } })
  }
  state.notes[loginNotes.verifyEmailSentTo] = email
  const details = { email }
  const lifespanSeconds = userLifespanSeconds(realm, 'verify-email')
  const within = await database.transaction(
    async (tx) =>
      await mails.askForStranger(
        tx,
        realm,
        { kind: 'verify-email', userId: user.id, email, lifespanSeconds, ...context.mailLink() },
        { userId: user.id, address: email },
        { event: { type, clientId: client.clientId, ipAddress: context.ipAddress, details } },
      ),
  )
  if (within) context.record(type, details)
  else context.record(`${type}_ERROR`, details, 'too_many_mails')
  return page(email, true)
}

function page(email: string, sent: boolean, notes: LoginPageNotes = {}): ActionResult {
  return { kind: 'challenge', page: { page: 'verify-email', email, sent, ...notes } }
}
