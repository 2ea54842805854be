import type { Credential } from '../../credentials/credential.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { ActionContext, RequiredActionStep } from './required-action.ts'

declare module '../engine/login-page.ts' {
  interface LoginPageModels {
    /** @property label as the user named it, or the type */
    readonly 'delete-credential': { readonly label: string }
  }
}

/** The user takes a credential away: `kc_action=delete_credential:<id>`. */
export function deleteCredential(deps: {
  readonly credentials: Pick<Credentials, 'list' | 'remove'>
}): RequiredActionStep {
  const { credentials } = deps
  return {
    id: 'delete_credential',
    initiable: true,
    async challenge(context) {
      const credential = await wanted(credentials, context)
      if (credential === undefined) return { kind: 'impossible' }
      return { kind: 'challenge', page: { page: 'delete-credential', label: labelOf(credential) } }
    },
    async process(context) {
      const { user, record } = context
      const credential = await wanted(credentials, context)
      if (credential === undefined) return { kind: 'impossible' }
      await credentials.remove(user.id, credential.id)
      const details = {
        credential_type: credential.type,
        credential_id: credential.id,
        credential_user_label: labelOf(credential),
      }
      if (credential.type === 'otp') record('REMOVE_TOTP', details)
      record('REMOVE_CREDENTIAL', details)
      return { kind: 'done', user }
    },
  }
}

/** @returns the credential, if it is this user's */
async function wanted(
  credentials: Pick<Credentials, 'list'>,
  { user, parameter }: ActionContext,
): Promise<Credential | undefined> {
  if (parameter === null) return undefined
  return (await credentials.list(user.id)).find(({ id }) => id === parameter)
}

function labelOf({ userLabel, type }: Credential): string {
  return userLabel || type
}
