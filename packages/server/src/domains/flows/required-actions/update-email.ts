import type { Database } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Mails } from '../../mails/mails.ts'
import { ModelError } from '../../realms/model-error.ts'
import type { Realm } from '../../realms/realm.ts'
import type { SingleUseObjects } from '../../sessions/single-use-objects.ts'
import { pendingEmailAttribute, withEmail } from '../../users/pending-email.ts'
import type { PatternMatches } from '../../users/profile-validators.ts'
import type { Users } from '../../users/users.ts'
import type { LoginPageNotes, PageNote } from '../engine/login-page.ts'
import { loginNotes } from '../login-state/login-state.ts'
import { userLifespanSeconds } from '../user-lifespan.ts'
import { MailCooldown } from './mail-cooldown.ts'
import { ProfileForm } from './profile-form.ts'
import type {
  ActionContext,
  ActionParties,
  ActionResult,
  RequiredActionStep,
} from './required-action.ts'

declare module '../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'update-email': { readonly email: string; readonly logoutSessions: boolean }
    readonly 'update-email-sent': { readonly email: string }
  }
}

const action = 'UPDATE_EMAIL'

export interface UpdateEmailDeps {
  readonly mails: Pick<Mails, 'askForStranger' | 'canSend'>
  readonly users: Pick<Users, 'byEmail' | 'change' | 'changeIn'>
  readonly database: Database
  readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent' | 'read'>
  readonly clock: Clock
  readonly matches: PatternMatches
}

/** Another address: at once, or, where addresses are verified, once a link that goes to it is opened. */
export function updateEmail(deps: UpdateEmailDeps): RequiredActionStep {
  return {
    id: action,
    initiable: true,
    warningKey: 'updateEmailMessage',
    isAnsweredElsewhere: isConfirmed,
    async challenge(context) {
      const { user } = context
      if (isConfirmed(context)) return { kind: 'done', user }
      const pending = user.attributes[pendingEmailAttribute]?.[0]
      if (pending === undefined) return asked(user.email ?? '', false)
      const key = 'emailVerificationPending'
      return asked(pending, false, { message: { kind: 'info', key, params: [pending] } })
    },
    process: (context) => changed(deps, context),
  }
}

async function changed(deps: UpdateEmailDeps, context: ActionContext): Promise<ActionResult> {
  const { realm, user, form } = context
  const email = form.get('email')?.trim() ?? ''
  const logoutSessions = form.get('logout-sessions') === 'on'
  const refused = (problem: PageNote) =>
    asked(email, logoutSessions, { fieldErrors: { email: problem } })
  const problem = await mistake(deps, context, email)
  if (problem !== null) return refused(problem)
  if (hasToBeVerified(realm)) return await confirm(deps, context, email, logoutSessions)
  try {
    const stored = await deps.users.change(realm, user.id, (present) => ({
      ...withEmail(realm, present, email, false),
      requiredActions: present.requiredActions.filter((alias) => alias !== action),
    }))
    if (logoutSessions) await context.endOtherSessions()
    context.record(action, { previous_email: user.email ?? '', updated_email: email })
    return { kind: 'done', user: stored }
  } catch (error) {
    if (!(error instanceof ModelError) || error.reason !== 'duplicate') throw error
    return refused({ key: 'emailExistsMessage' })
  }
}

/** @returns what is wrong with an address, by the realm's profile and because somebody else has it */
async function mistake(
  { users, matches }: UpdateEmailDeps,
  context: ActionContext,
  email: string,
): Promise<PageNote | null> {
  if (email === '') return { key: 'missingEmailMessage' }
  const profile = new ProfileForm(context, matches)
  const values = { ...profile.submitted(new URLSearchParams()), email: [email] }
  const error = (await profile.fieldErrors(values))['email']
  if (error !== undefined) return error
  if (context.realm.settings.duplicateEmailsAllowed) return null
  const other = await users.byEmail(context.realm.id, email)
  return other === null || other.id === context.user.id ? null : { key: 'emailExistsMessage' }
}

/** Sends the link and notes which address it is for; until it is opened, nothing else changes. */
async function confirm(
  deps: UpdateEmailDeps,
  context: ActionContext,
  newEmail: string,
  logoutSessions: boolean,
): Promise<ActionResult> {
  const { mails, users, database } = deps
  const { realm, user, client, ipAddress } = context
  const type = 'SEND_VERIFY_EMAIL'
  const details = { email: newEmail }
  if (!mails.canSend(realm)) {
    context.record(`${type}_ERROR`, details, 'email_send_failed')
    const message = { key: 'emailSendErrorMessage' }
    return { kind: 'abort', error: 'email_send_failed', message }
  }
  const waitSeconds = await new MailCooldown(deps).begin(realm, action, user)
  if (waitSeconds > 0) {
    const params = [String(waitSeconds)]
    const message = { kind: 'error', key: 'emailVerifySendCooldown', params } as const
    return asked(newEmail, logoutSessions, { message })
  }
  const within = await database.transaction(async (tx) => {
    await users.changeIn(tx, realm, user.id, (present) => ({
      ...present,
      attributes: { ...present.attributes, [pendingEmailAttribute]: [newEmail] },
    }))
    return await mails.askForStranger(
      tx,
      realm,
      {
        kind: 'update-email',
        userId: user.id,
        email: user.email ?? '',
        newEmail,
        logoutSessions,
        lifespanSeconds: userLifespanSeconds(realm, 'verify-email'),
        ...context.mailLink(),
      },
      { userId: user.id, address: newEmail },
      { event: { type, clientId: client.clientId, ipAddress, details } },
    )
  })
  context.state.notes[loginNotes.updateEmailSentTo] = newEmail
  if (within) context.record(type, details)
  else context.record(`${type}_ERROR`, details, 'too_many_mails')
  return { kind: 'challenge', page: { page: 'update-email-sent', email: newEmail } }
}

/** The link that this login has sent was opened, in whatever browser. */
function isConfirmed({ state, user }: ActionParties): boolean {
  const sentTo = state.notes[loginNotes.updateEmailSentTo]
  return sentTo !== undefined && user.emailVerified && user.email === sentTo
}

/** Where the action itself asks for it, or the realm verifies addresses. */
function hasToBeVerified({ settings }: Realm): boolean {
  const config = settings.requiredActions.find(({ alias }) => alias === action)?.config
  return settings.verifyEmail || config?.['verifyEmail'] === 'true'
}

function asked(email: string, logoutSessions: boolean, notes: LoginPageNotes = {}): ActionResult {
  return { kind: 'challenge', page: { page: 'update-email', email, logoutSessions, ...notes } }
}
