import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { AuthenticatorChoice, SelectAuthenticatorModel } from './login-models.ts'

/** @returns page `login-select-authenticator`: the ways to prove who one is */
export function renderSelectAuthenticator(
  context: PageContext,
  model: SelectAuthenticatorModel,
): string {
  const choice = ({ executionId, displayNameKey, helpTextKey }: AuthenticatorChoice) =>
    html`<form id="kc-select-credential-form" action="${model.action}" method="post">
<input type="hidden" name="authenticationExecution" value="${executionId}">
<button type="submit" class="tile"><h2>${context.text(displayNameKey)}</h2><span>${context.text(helpTextKey)}</span></button>
</form>`
  return layout(context, {
    pageId: 'login-select-authenticator',
    title: realmTitle(context),
    heading: context.text('loginChooseAuthenticator'),
    message: model.message,
    attemptedUser: model.attemptedUser,
    body: html`<div class="tiles">${model.choices.map(choice)}</div>`,
  })
}
