import { submitButton } from '../fields.ts'
import { type Html, html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { VerifyEmailModel } from './required-action-models.ts'
import { cancelButton, waitingPlace } from './required-action-parts.ts'

/** @returns page `login-login-verify-email`: a mail is under way, or goes out by a click */
export function renderVerifyEmail(context: PageContext, model: VerifyEmailModel): string {
  const { text } = context
  const sent = model.sent ?? true
  const waits = sent && model.awaitedUrl !== undefined
  return layout(context, {
    pageId: 'login-login-verify-email',
    title: realmTitle(context),
    heading: text('emailVerifyTitle'),
    message: model.message,
    body: html`<p class="instruction">${text(sent ? 'emailVerifyInstruction1' : 'emailVerifyInstruction4', model.email)}</p>
${sent && waitingPlace(model)}
${form(context, model, sent)}`,
    ...(sent ? { footer: again(context, model) } : {}),
    ...(waits ? { script: 'awaited.js' } : {}),
  })
}

function form(context: PageContext, model: VerifyEmailModel, sent: boolean): Html | false {
  if (sent && model.cancellable !== true) return false
  const label = context.text(sent ? 'emailVerifyResend' : 'emailVerifySend')
  return html`<form id="kc-verify-email-form" action="${model.action}" method="post">
<div class="buttons">${submitButton(label)}${cancelButton(context, model)}</div>
</form>`
}

function again({ text }: PageContext, { action }: VerifyEmailModel): Html {
  return html`<p class="instruction">${text('emailVerifyInstruction2')}<br>
<a href="${action}">${text('doClickHere')}</a> ${text('emailVerifyInstruction3')}</p>`
}
