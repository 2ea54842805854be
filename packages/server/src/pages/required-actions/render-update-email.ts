import { inputField, submitButton } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import { renderInfo } from '../login/render-info.ts'
import type { PageContext } from '../page-context.ts'
import type { UpdateEmailModel, UpdateEmailSentModel } from './required-action-models.ts'
import { cancelButton, logoutSessionsBox, waitingPlace } from './required-action-parts.ts'

/** @returns page `login-update-email` */
export function renderUpdateEmail(context: PageContext, model: UpdateEmailModel): string {
  return layout(context, {
    pageId: 'login-update-email',
    title: realmTitle(context),
    heading: context.text('updateEmailTitle'),
    requiredFields: true,
    message: model.message,
    body: html`<form id="kc-update-email-form" action="${model.action}" method="post" novalidate="novalidate" data-submit-once>
${inputField(context, {
  name: 'email',
  label: context.text('email'),
  value: model.email,
  autocomplete: 'email',
  inputMode: 'email',
  autofocus: true,
  required: true,
  error: model.fieldErrors?.['email'],
})}
<div id="kc-form-options">${logoutSessionsBox(context, model.logoutSessions)}</div>
<div class="buttons">
${submitButton(context.text('doSubmit'), { id: 'kc-submit' })}
${cancelButton(context, model, 'kc-cancel')}
</div>
</form>`,
  })
}

/** @returns page `login-info`: the address changes once the link of a mail is opened */
export function renderUpdateEmailSent(context: PageContext, model: UpdateEmailSentModel): string {
  return renderInfo(context, {
    message: { key: 'emailUpdateConfirmationSent', params: [model.email] },
    heading: { key: 'emailUpdateConfirmationSentTitle' },
    clientUrl: model.clientUrl,
    waitingPlace: waitingPlace(model),
  })
}
