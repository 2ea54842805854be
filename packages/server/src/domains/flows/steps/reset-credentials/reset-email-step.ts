import type { Transaction } from '../../../../database/database.ts'
import type { MailContent } from '../../../mails/mail-content.ts'
import type { Mails } from '../../../mails/mails.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { loginNotes } from '../../login-state/login-state.ts'
import { userLifespanSeconds } from '../../user-lifespan.ts'

export interface ResetEmailDeps {
  readonly mails: Pick<Mails, 'askForStranger' | 'canSend'>
}

/**
 * Sends a link to the user and waits for it. Whoever asks learns nothing of the user: for a name that nobody has, as much is
 * written, and the page is the same.
 */
export function resetEmailStep({ mails }: ResetEmailDeps): Step {
  return {
    id: 'reset-credential-email',
    requiresUser: false,
    proves: true,
    async configuredFor() {
      return true
    },
    async authenticate(context) {
      const { user, state, execution } = context
      if (user !== null && state.notes[loginNotes.actionTokenUser] === user.id) {
        if (execution.config['force-login'] === 'true') {
          context.setNote(loginNotes.endsWithoutSession, 'true')
        }
        return { kind: 'success' }
      }
      return sent(mails, context)
    },
    // There is no form: whoever posts one gets another mail, if there may be one.
    action: async (context) => sent(mails, context),
  }
}

function sent(mails: ResetEmailDeps['mails'], context: StepContext): StepResult {
  return {
    kind: 'fork',
    message: { kind: 'success', key: 'emailSentMessage' },
    with: (tx) => asked(mails, context, tx),
  }
}

async function asked(
  mails: ResetEmailDeps['mails'],
  context: StepContext,
  tx: Transaction,
): Promise<void> {
  const { realm, user, state } = context
  const username = state.attemptedUsername ?? user?.username ?? ''
  const content = contentFor(context)
  const recipient = { userId: user?.id ?? username, address: user?.email ?? username }
  const type = 'SEND_RESET_PASSWORD'
  const details = { username, ...(user?.email ? { email: user.email } : {}) }
  const event = { type, clientId: context.client.clientId, ipAddress: context.ipAddress, details }
  const possible = mails.canSend(realm)
  const given: MailContent = possible ? content : { kind: 'none' }
  const within = await mails.askForStranger(tx, realm, given, recipient, { event })
  if (user === null) return
  const error = problemOf(content, possible, within)
  if (error === undefined) context.record(type, details)
  else context.record(`${type}_ERROR`, details, error)
}

function problemOf(content: MailContent, possible: boolean, within: boolean): string | undefined {
  if (content.kind === 'none') return 'invalid_email'
  if (!possible) return 'email_send_failed'
  return within ? undefined : 'too_many_mails'
}

function contentFor(context: StepContext): MailContent {
  const { realm, user } = context
  const link = context.mailLink()
  if (user === null || user.email === null || link === undefined) return { kind: 'none' }
  return {
    kind: 'reset-credentials',
    userId: user.id,
    email: user.email,
    lifespanSeconds: userLifespanSeconds(realm, 'reset-credentials'),
    ...link,
  }
}
