import { tryAnotherWay } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import {
  loginButton,
  passwordInput,
  registrationLink,
  rememberMe,
  usernameInput,
} from './login-form-parts.ts'
import type { LoginModel } from './login-models.ts'
import { passkeyOffer, webauthnScript } from './webauthn-parts.ts'

/** @returns page `login-login`: user name and password, or the password alone once the user is known */
export function renderLogin(context: PageContext, model: LoginModel): string {
  const userKnown = model.attemptedUser !== undefined
  return layout(context, {
    pageId: 'login-login',
    title: realmTitle(context),
    heading: context.text('loginAccountTitle'),
    message: model.message,
    script: model.passkeys && webauthnScript,
    attemptedUser: model.attemptedUser,
    body: html`<div id="kc-form"><div id="kc-form-wrapper">
<form id="kc-form-login" action="${model.action}" method="post" novalidate="novalidate" data-submit-once>
${!userKnown && usernameInput(context, model, model.username === '' || model.fieldErrors?.['username'] !== undefined)}
${passwordInput(context, model, userKnown || (model.username !== '' && model.fieldErrors?.['username'] === undefined))}
${rememberMe(context, model.rememberMe)}
<input type="hidden" id="id-hidden-input" name="credentialId"${model.credentialId !== undefined && html` value="${model.credentialId}"`}>
${loginButton(context)}
</form>
${passkeyOffer(context, model)}
${tryAnotherWay(context, model)}
</div></div>`,
    footer: registrationLink(context, model.registrationUrl),
  })
}
