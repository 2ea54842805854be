import { submitButton } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { FlowPageModel, PageContext } from '../page-context.ts'

/** Page `login-login-reset-otp`: posts `selectedCredentialId`. */
export interface ResetOtpModel extends FlowPageModel {
  readonly devices: readonly { readonly credentialId: string; readonly label: string }[]
}

/** @returns page `login-login-reset-otp`: which authenticator app is to be taken away */
export function renderResetOtp(context: PageContext, model: ResetOtpModel): string {
  const { text } = context
  const choice = ({ credentialId, label }: ResetOtpModel['devices'][number], index: number) =>
    html`<div class="choice">
<input type="radio" id="kc-otp-credential-${index}" name="selectedCredentialId" value="${credentialId}"${index === 0 && html` checked`}>
<label for="kc-otp-credential-${index}">${label === '' ? text('loginOtpUnnamedDevice') : label}</label>
</div>`
  return layout(context, {
    pageId: 'login-login-reset-otp',
    title: realmTitle(context),
    heading: text('doLogIn'),
    message: model.message,
    attemptedUser: model.attemptedUser,
    body: html`<form id="kc-otp-reset-form" action="${model.action}" method="post" data-submit-once>
<fieldset class="choices"><legend>${text('otp-reset-description')}</legend>${model.devices.map(choice)}</fieldset>
${submitButton(text('doSubmit'), { id: 'kc-otp-reset-form-submit' })}
</form>`,
  })
}
