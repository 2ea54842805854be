import { inputField, tryAnotherWay } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { FlowPageModel, PageContext } from '../page-context.ts'
import { loginButton } from './login-form-parts.ts'

/** Page `login-login-recovery-authn-code-input`: posts `recoveryCodeInput`. */
export interface RecoveryCodeModel extends FlowPageModel {
  /** Which code of the printed list is asked for, from 1. */
  readonly codeNumber: number
}

/** @returns page `login-login-recovery-authn-code-input`: one code of the user's list */
export function renderRecoveryCode(context: PageContext, model: RecoveryCodeModel): string {
  return layout(context, {
    pageId: 'login-login-recovery-authn-code-input',
    title: realmTitle(context),
    heading: context.text('auth-recovery-code-header'),
    message: model.message,
    attemptedUser: model.attemptedUser,
    body: html`<form id="kc-recovery-code-login-form" action="${model.action}" method="post" data-submit-once>
${inputField(context, {
  name: 'recoveryCodeInput',
  label: context.text('auth-recovery-code-prompt', String(model.codeNumber)),
  autocomplete: 'off',
  autofocus: true,
  error: model.fieldErrors?.['recoveryCodeInput'],
})}
${loginButton(context)}
</form>
${tryAnotherWay(context, model)}`,
  })
}
