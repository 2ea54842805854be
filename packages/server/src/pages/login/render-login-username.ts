import { tryAnotherWay } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import { loginButton, registrationLink, rememberMe, usernameInput } from './login-form-parts.ts'
import type { LoginUsernameModel } from './login-models.ts'
import { passkeyOffer, webauthnScript } from './webauthn-parts.ts'

/** @returns page `login-login-username`: who are you, before how do you prove it */
export function renderLoginUsername(context: PageContext, model: LoginUsernameModel): string {
  return layout(context, {
    pageId: 'login-login-username',
    title: realmTitle(context),
    heading: context.text('loginAccountTitle'),
    message: model.message,
    script: model.passkeys && webauthnScript,
    attemptedUser: model.attemptedUser,
    body: html`<div id="kc-form"><div id="kc-form-wrapper">
<form id="kc-form-login" action="${model.action}" method="post" data-submit-once>
${usernameInput(context, model, true)}
${rememberMe(context, model.rememberMe)}
${loginButton(context)}
</form>
${passkeyOffer(context, model)}
${tryAnotherWay(context, model)}
</div></div>`,
    footer: registrationLink(context, model.registrationUrl),
  })
}
