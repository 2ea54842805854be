import { submitButton } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { VerifyEmailModel } from './required-action-models.ts'
import { cancelButton } from './required-action-parts.ts'

/** @returns page `login-login-verify-email`: a mail is under way */
export function renderVerifyEmail(context: PageContext, model: VerifyEmailModel): string {
  return layout(context, {
    pageId: 'login-login-verify-email',
    title: realmTitle(context),
    heading: context.text('emailVerifyTitle'),
    message: model.message,
    body: html`<p class="instruction">${context.text('emailVerifyInstruction1', model.email)}</p>
${model.cancellable === true && html`<form action="${model.action}" method="post"><div class="buttons">${submitButton(context.text('doSubmit'))}${cancelButton(context, model)}</div></form>`}`,
    footer: html`<p class="instruction">${context.text('emailVerifyInstruction2')}<br>
<a href="${model.action}">${context.text('doClickHere')}</a> ${context.text('emailVerifyInstruction3')}</p>`,
  })
}
