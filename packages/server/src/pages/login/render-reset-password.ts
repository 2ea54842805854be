import { inputField, submitButton } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { ResetPasswordModel } from './login-models.ts'

/** @returns page `login-login-reset-password`: whom to send the way to a new password */
export function renderResetPassword(context: PageContext, model: ResetPasswordModel): string {
  const instruction =
    model.duplicateEmailsAllowed === true ? 'emailInstructionUsername' : 'emailInstruction'
  return layout(context, {
    pageId: 'login-login-reset-password',
    title: realmTitle(context),
    heading: context.text('emailForgotTitle'),
    message: model.message,
    body: html`<form id="kc-reset-password-form" action="${model.action}" method="post" data-submit-once>
${inputField(context, {
  name: 'username',
  label: context.text(model.usernameKind),
  value: model.username,
  autocomplete: 'username',
  autofocus: true,
  error: model.fieldErrors?.['username'],
})}
${submitButton(context.text('doSubmit'), { id: 'kc-form-buttons' })}
<p class="below"><a href="${model.loginUrl}">${context.text('backToLogin')}</a></p>
</form>`,
    footer: html`<p class="instruction">${context.text(instruction)}</p>`,
  })
}
