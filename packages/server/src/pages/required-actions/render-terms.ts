import { submitButton } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { TermsModel } from './required-action-models.ts'

/** @returns page `login-terms`; the text is the realm's own `termsText` */
export function renderTerms(context: PageContext, model: TermsModel): string {
  return layout(context, {
    pageId: 'login-terms',
    title: realmTitle(context),
    heading: context.text('termsTitle'),
    message: model.message,
    body: html`<div id="kc-terms-text" class="terms">${context.markup(context.text('termsText'))}</div>
<form action="${model.action}" method="POST">
<div class="buttons">
${submitButton(context.text('doAccept'), { id: 'kc-accept', name: 'accept' })}
${submitButton(context.text('doDecline'), { id: 'kc-decline', name: 'cancel', secondary: true })}
</div>
</form>`,
  })
}
