import { submitButton } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { DeleteCredentialModel } from './required-action-models.ts'

/** @returns page `login-delete-credential`: posts `accept` or `cancel-aia` */
export function renderDeleteCredential(context: PageContext, model: DeleteCredentialModel): string {
  const { text } = context
  return layout(context, {
    pageId: 'login-delete-credential',
    title: realmTitle(context),
    heading: text('deleteCredentialTitle', model.label),
    message: model.message,
    body: html`<div id="kc-delete-text">${text('deleteCredentialMessage', model.label)}</div>
<form action="${model.action}" method="POST">
<div class="buttons">
${submitButton(text('doConfirmDelete'), { id: 'kc-accept', name: 'accept' })}
${submitButton(text('doDecline'), { id: 'kc-decline', name: 'cancel-aia', secondary: true })}
</div>
</form>`,
  })
}
