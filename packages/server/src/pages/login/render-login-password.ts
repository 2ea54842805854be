import { tryAnotherWay } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import { loginButton, passwordInput, registrationLink } from './login-form-parts.ts'
import type { LoginPasswordModel } from './login-models.ts'
import { passkeyOffer, webauthnScript } from './webauthn-parts.ts'

/** @returns page `login-login-password`: the password as a step of its own */
export function renderLoginPassword(context: PageContext, model: LoginPasswordModel): string {
  return layout(context, {
    pageId: 'login-login-password',
    title: realmTitle(context),
    heading: context.text('doLogIn'),
    message: model.message,
    script: model.passkeys && webauthnScript,
    attemptedUser: model.attemptedUser,
    body: html`<div id="kc-form"><div id="kc-form-wrapper">
<form id="kc-form-login" action="${model.action}" method="post" novalidate="novalidate" data-submit-once>
${passwordInput(context, model, true)}
${loginButton(context)}
</form>
${passkeyOffer(context, model)}
${tryAnotherWay(context, model)}
</div></div>`,
    footer: registrationLink(context, model.registrationUrl),
  })
}
