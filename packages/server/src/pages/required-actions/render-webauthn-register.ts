import { submitButton } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import { webauthnScript } from '../login/webauthn-parts.ts'
import type { PageContext } from '../page-context.ts'
import type { RequiredActionModel } from './required-action-models.ts'
import { logoutSessionsBox } from './required-action-parts.ts'

/** Page `login-webauthn-register`: the browser makes a key, the script posts it with the name that the user gives it. */
export interface WebauthnRegisterModel extends RequiredActionModel {
  /** What to ask the browser for; the script knows its members. */
  readonly creation: object
  readonly retry: boolean
  readonly logoutSessions: boolean
}

const answer = [
  'clientDataJSON',
  'attestationObject',
  'publicKeyCredentialId',
  'authenticatorLabel',
  'transports',
  'authenticatorAttachment',
  'error',
]

/** @returns page `login-webauthn-register` */
export function renderWebauthnRegister(context: PageContext, model: WebauthnRegisterModel): string {
  const { text } = context
  const data = JSON.stringify({
    ...model.creation,
    initialLabel: text('webauthn-registration-init-label'),
    labelPrompt: text('webauthn-registration-init-label-prompt'),
    unsupported: text('webauthn-unsupported-browser-text'),
  })
  const field = (name: string) => html`<input type="hidden" id="${name}" name="${name}">`
  const cancel = html`<form id="kc-webauthn-settings-form" action="${model.action}" method="post">
${submitButton(text('doCancel'), { id: 'cancelWebAuthnAIA', name: 'cancel-aia', secondary: true })}
</form>`
  return layout(context, {
    pageId: 'login-webauthn-register',
    title: realmTitle(context),
    heading: text('webauthn-registration-title'),
    message: model.message,
    script: webauthnScript,
    body: html`<form id="register" action="${model.action}" method="post" data-webauthn="${data}">
${answer.map(field)}
<div id="kc-form-options">${logoutSessionsBox(context, model.logoutSessions)}</div>
</form>
<button type="submit" id="registerWebAuthn" class="button">${text('doRegisterSecurityKey')}</button>
${model.cancellable === true && !model.retry && cancel}`,
  })
}
