import { passwordField, submitButton } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { UpdatePasswordModel } from './required-action-models.ts'
import { cancelButton, logoutSessionsBox } from './required-action-parts.ts'

/** @returns page `login-login-update-password` */
export function renderUpdatePassword(context: PageContext, model: UpdatePasswordModel): string {
  const password = (name: string, labelKey: string, autofocus: boolean) =>
    passwordField(context, {
      name,
      label: context.text(labelKey),
      autocomplete: 'new-password',
      autofocus,
      error: model.fieldErrors?.[name],
    })
  return layout(context, {
    pageId: 'login-login-update-password',
    title: realmTitle(context),
    heading: context.text('updatePasswordTitle'),
    message: model.message,
    body: html`<form id="kc-passwd-update-form" action="${model.action}" method="post" novalidate="novalidate">
${password('password-new', 'passwordNew', true)}
${password('password-confirm', 'passwordConfirm', false)}
<div id="kc-form-options">${logoutSessionsBox(context, model.logoutSessions)}</div>
<div class="buttons">
${submitButton(context.text('doSubmit'), { id: 'kc-submit', name: 'login' })}
${cancelButton(context, model, 'kc-cancel', null)}
</div>
</form>`,
  })
}
