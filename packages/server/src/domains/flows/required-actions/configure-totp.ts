import type { Database } from '../../../database/database.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { policyOf, secretBase32 } from '../../credentials/otp/otp-credentials.ts'
import { otpApplications } from '../../realms/otp-applications.ts'
import type { User } from '../../users/user.ts'
import { userDetailsChanged } from '../../users/user-events.ts'
import type { Users } from '../../users/users.ts'
import type { LoginPageNotes } from '../engine/login-page.ts'
import type { ActionContext, ActionResult, RequiredActionStep } from './required-action.ts'

declare module '../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'config-totp': {
      readonly mode: 'barcode' | 'manual'
      readonly secret: string
      readonly secretBase32: string
      readonly keyUri: string
      readonly policy: ReturnType<typeof policyOf>
      /** Keys of the names of apps that can do what the policy asks for. */
      readonly supportedApps: readonly string[]
      readonly userLabel: string
      readonly labelRequired: boolean
      readonly logoutSessions: boolean
    }
  }
}

const action = 'CONFIGURE_TOTP'

/** Note with the secret that is being set up: the same while the page is loaded again or shown in its other mode. */
const secretNote = 'totp-secret'

export interface ConfigureTotpDeps {
  readonly credentials: Credentials
  readonly users: Pick<Users, 'changeIn' | 'fresh'>
  readonly database: Database
}

/** An authenticator app has to be set up. */
export function configureTotp(deps: ConfigureTotpDeps): RequiredActionStep {
  return {
    id: action,
    initiable: true,
    warningKey: 'configureTotpMessage',
    challenge: (context) => asked(deps, context, {}),
    process: (context) => confirmed(deps, context),
  }
}

async function confirmed(deps: ConfigureTotpDeps, context: ActionContext): Promise<ActionResult> {
  const { realm, user, form, state } = context
  const secret = state.notes[secretNote]
  const code = form.get('totp')?.trim() ?? ''
  const label = form.get('userLabel')?.trim() ?? ''
  const wrong = (field: string, key: string) =>
    asked(deps, context, { fieldErrors: { [field]: { key } } })
  if (secret === undefined || form.get('totpSecret') !== secret) return asked(deps, context, {})
  if (code === '') return wrong('totp', 'missingTotpMessage')
  const { otp } = deps.credentials
  const others = await otp.devices(user.id)
  if (others.length > 0 && label === '') {
    return wrong('userLabel', 'missingTotpDeviceNameMessage')
  }
  const data = otp.confirmed(realm, secret, code)
  if (data === undefined) return wrong('totp', 'invalidTotpMessage')
  const changed = await stored(deps, context, data, label)
  delete state.notes[secretNote]
  if (form.get('logout-sessions') === 'on') await context.endOtherSessions()
  context.record('UPDATE_TOTP', { credential_type: 'otp' })
  context.record('UPDATE_CREDENTIAL')
  return { kind: 'done', user: changed }
}

/** The device and the end of the user's duty, in one transaction. */
async function stored(
  { credentials, users, database }: ConfigureTotpDeps,
  { realm, user }: ActionContext,
  data: NonNullable<ReturnType<Credentials['otp']['confirmed']>>,
  label: string,
): Promise<User> {
  return database.transaction(async (tx) => {
    await credentials.otp.add(tx, user, data, label === '' ? null : label)
    tx.append([userDetailsChanged(user.id)])
    if (!user.requiredActions.includes(action)) return user
    return users.changeIn(tx, realm, user.id, (present) => ({
      ...present,
      requiredActions: present.requiredActions.filter((alias) => alias !== action),
    }))
  })
}

async function asked(
  { credentials }: ConfigureTotpDeps,
  context: ActionContext,
  notes: LoginPageNotes,
): Promise<ActionResult> {
  const { realm, user, state, form, query } = context
  const secret = state.notes[secretNote] ?? credentials.otp.newSecret()
  state.notes[secretNote] = secret
  const others = await credentials.otp.devices(user.id)
  const mode = form.get('mode') ?? query.get('mode')
  return {
    kind: 'challenge',
    page: {
      page: 'config-totp',
      mode: mode === 'manual' ? 'manual' : 'barcode',
      secret,
      secretBase32: secretBase32(secret),
      keyUri: credentials.otp.keyUri(realm, user, secret),
      policy: policyOf(realm),
      supportedApps: otpApplications(realm.settings),
      userLabel: form.get('userLabel') ?? '',
      labelRequired: others.length > 0,
      logoutSessions: form.get('logout-sessions') === 'on',
      ...notes,
    },
  }
}
