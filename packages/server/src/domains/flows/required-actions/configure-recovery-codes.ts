import type { Database } from '../../../database/database.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { User } from '../../users/user.ts'
import { userDetailsChanged } from '../../users/user-events.ts'
import type { Users } from '../../users/users.ts'
import type { ActionContext, ActionResult, RequiredActionStep } from './required-action.ts'

declare module '../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'recovery-codes': {
      readonly codes: readonly string[]
      /** Milliseconds since the epoch. */
      readonly generatedAt: number
      readonly logoutSessions: boolean
    }
  }
}

const action = 'CONFIGURE_RECOVERY_AUTHN_CODES'

/** Note with the codes that are being set up: the same while the page is loaded again. */
const codesNote = 'recovery-codes'
/** Longest name of a list of codes. */
const labelLengthMax = 255

export interface ConfigureRecoveryCodesDeps {
  readonly credentials: Credentials
  readonly users: Pick<Users, 'changeIn'>
  readonly database: Database
}

/** A printed list of codes, each good for one login without the other second factor; takes the place of an earlier list. */
export function configureRecoveryCodes(deps: ConfigureRecoveryCodesDeps): RequiredActionStep {
  return {
    id: action,
    initiable: true,
    warningKey: 'configureBackupCodesMessage',
    async challenge(context) {
      return asked(deps, context)
    },
    process: (context) => confirmed(deps, context),
  }
}

async function confirmed(
  deps: ConfigureRecoveryCodesDeps,
  context: ActionContext,
): Promise<ActionResult> {
  const { form, state } = context
  const [, ...codes] = (state.notes[codesNote] ?? '').split(',')
  // Only the list that was shown last is kept: of another tab's nobody has a copy.
  if (codes.length === 0 || form.get('generatedRecoveryAuthnCodes') !== codes.join(',')) {
    return asked(deps, context)
  }
  const label = (form.get('userLabel')?.trim() || 'Recovery codes').slice(0, labelLengthMax)
  const changed = await stored(deps, context, codes, label)
  delete state.notes[codesNote]
  if (form.get('logout-sessions') === 'on') await context.endOtherSessions()
  context.record('UPDATE_CREDENTIAL', { credential_type: 'recovery-authn-codes' })
  return { kind: 'done', user: changed }
}

/** The list and the end of the user's duty, in one transaction. */
async function stored(
  { credentials, users, database }: ConfigureRecoveryCodesDeps,
  { realm, user }: ActionContext,
  codes: readonly string[],
  label: string,
): Promise<User> {
  return database.transaction(async (tx) => {
    await credentials.recoveryCodes.replace(tx, user, codes, label)
    tx.append([userDetailsChanged(user.id)])
    if (!user.requiredActions.includes(action)) return user
    return users.changeIn(tx, realm, user.id, (present) => ({
      ...present,
      requiredActions: present.requiredActions.filter((alias) => alias !== action),
    }))
  })
}

function asked(
  { credentials }: ConfigureRecoveryCodesDeps,
  { state, form }: ActionContext,
): ActionResult {
  const note = state.notes[codesNote] ?? credentials.recoveryCodes.newCodes().join(',')
  state.notes[codesNote] = note
  const [generatedAt, ...codes] = note.split(',')
  const logoutSessions = form.get('logout-sessions') === 'on'
  return {
    kind: 'challenge',
    page: { page: 'recovery-codes', codes, generatedAt: Number(generatedAt), logoutSessions },
  }
}
