import { submitButton } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { RequiredActionModel } from './required-action-models.ts'
import { cancelButton } from './required-action-parts.ts'

/** @returns page `login-delete-account-confirm` */
export function renderDeleteAccount(context: PageContext, model: RequiredActionModel): string {
  const { text } = context
  return layout(context, {
    pageId: 'login-delete-account-confirm',
    title: realmTitle(context),
    heading: text('deleteAccountConfirm'),
    message: { kind: 'warning', key: 'irreversibleAction' },
    body: html`<form id="kc-deleteaccount-form" action="${model.action}" method="post">
<p>${text('deletingImplies')}</p>
<ul><li>${text('loggingOutImmediately')}</li><li>${text('errasingData')}</li></ul>
<p class="delete-account-text">${text('finalDeletionConfirmation')}</p>
<div class="buttons">
${submitButton(text('doConfirmDelete'), { id: 'kc-submit' })}
${cancelButton(context, model, 'kc-cancel', null)}
</div>
</form>`,
  })
}
