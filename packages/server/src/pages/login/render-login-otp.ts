import { inputField, tryAnotherWay } from '../fields.ts'
import { type Html, html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import { loginButton } from './login-form-parts.ts'
import type { LoginOtpModel } from './login-models.ts'

/** @returns page `login-login-otp`: the code of an authenticator app */
export function renderLoginOtp(context: PageContext, model: LoginOtpModel): string {
  return layout(context, {
    pageId: 'login-login-otp',
    title: realmTitle(context),
    heading: context.text('doLogIn'),
    message: model.message,
    attemptedUser: model.attemptedUser,
    body: html`<form id="kc-otp-login-form" action="${model.action}" method="post" data-submit-once>
${devices(context, model)}
${inputField(context, {
  name: 'otp',
  label: context.text('loginOtpOneTime'),
  autocomplete: 'one-time-code',
  inputMode: 'numeric',
  autofocus: true,
  error: model.fieldErrors?.['otp'] ?? model.fieldErrors?.['totp'],
})}
${loginButton(context)}
</form>
${tryAnotherWay(context, model)}`,
  })
}

function devices({ text }: PageContext, model: LoginOtpModel): Html {
  const selected = model.selectedCredentialId ?? model.devices[0]?.credentialId ?? ''
  if (model.devices.length < 2) {
    return html`<input type="hidden" id="selectedCredentialId" name="selectedCredentialId" value="${selected}">`
  }
  const choice = ({ credentialId, label }: LoginOtpModel['devices'][number], index: number) =>
    html`<div class="choice">
<input type="radio" id="kc-otp-credential-${index}" name="selectedCredentialId" value="${credentialId}"${credentialId === selected && html` checked`}>
<label for="kc-otp-credential-${index}">${label === '' ? text('loginOtpUnnamedDevice') : label}</label>
</div>`
  return html`<fieldset class="choices"><legend>${text('loginOtpDevice')}</legend>${model.devices.map(choice)}</fieldset>`
}
