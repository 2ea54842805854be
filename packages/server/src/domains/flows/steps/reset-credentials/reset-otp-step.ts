import type { Credentials } from '../../../credentials/credentials.ts'
import type { LoginPageNotes } from '../../engine/login-page.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'reset-otp': {
      readonly devices: readonly { readonly credentialId: string; readonly label: string }[]
    }
  }
}

/** Keycloak's name of the setting and of what it can say. */
const setting = 'action_on_otp_reset_flag'

/** Takes authenticator apps away, where the setting says so, and has another one set up. */
export function resetOtpStep(deps: {
  readonly credentials: Pick<Credentials, 'otp' | 'remove'>
}): Step {
  const { credentials } = deps
  return {
    id: 'reset-otp',
    requiresUser: true,
    proves: false,
    async configuredFor({ credentialTypes }, user) {
      return user !== null && (await credentialTypes.of(user)).includes('otp')
    },
    async authenticate(context) {
      const devices = await devicesOf(credentials, context)
      const flag = context.execution.config[setting]
      if (flag === 'Remove one' && devices.length > 0) return asked(devices)
      if (flag === 'Remove all') {
        for (const { credentialId } of devices) await removed(credentials, context, credentialId)
      }
      return newDevice(context)
    },
    async action(context) {
      const devices = await devicesOf(credentials, context)
      const chosen = context.form.get('selectedCredentialId') ?? ''
      if (!devices.some(({ credentialId }) => credentialId === chosen)) {
        return asked(devices, { message: { kind: 'error', key: 'error-reset-otp-missing-id' } })
      }
      await removed(credentials, context, chosen)
      return newDevice(context)
    },
  }
}

async function devicesOf({ otp }: Pick<Credentials, 'otp'>, { user }: StepContext) {
  const devices = user === null ? [] : await otp.devices(user.id)
  return devices.map(({ id, userLabel }) => ({ credentialId: id, label: userLabel ?? '' }))
}

async function removed(
  credentials: Pick<Credentials, 'remove'>,
  context: StepContext,
  credentialId: string,
): Promise<void> {
  if (context.user === null) return
  await credentials.remove(context.user.id, credentialId)
  context.record('REMOVE_CREDENTIAL', { credential_type: 'otp', credential_id: credentialId })
}

function newDevice(context: StepContext): StepResult {
  context.requireAction('CONFIGURE_TOTP')
  return { kind: 'success' }
}

function asked(
  devices: readonly { readonly credentialId: string; readonly label: string }[],
  notes: LoginPageNotes = {},
): StepResult {
  return { kind: 'challenge', page: { page: 'reset-otp', devices, ...notes } }
}
