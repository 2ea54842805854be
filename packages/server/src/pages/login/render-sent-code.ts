import { inputField, submitButton, tryAnotherWay } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { FlowPageModel, PageContext } from '../page-context.ts'
import { loginButton } from './login-form-parts.ts'

/** Page `login-sent-code`: posts `code`, or `resend`. */
export interface SentCodeModel extends FlowPageModel {
  readonly channel: 'email' | 'link' | 'sms'
  readonly address: string
}

/** @returns the page that asks for a code that was sent */
export function renderSentCode(context: PageContext, model: SentCodeModel): string {
  const { text } = context
  const instructions = {
    email: 'emailCodeInstruction',
    link: 'magicLinkInstruction',
    sms: 'smsCodeInstruction',
  } as const
  return layout(context, {
    pageId: 'login-sent-code',
    title: realmTitle(context),
    heading: text('doLogIn'),
    message: model.message,
    attemptedUser: model.attemptedUser,
    body: html`<p class="instruction">${text(instructions[model.channel], model.address)}</p>
<form id="kc-sent-code-form" action="${model.action}" method="post" data-submit-once>
${inputField(context, {
  name: 'code',
  label: text('sentCodeLabel'),
  autocomplete: 'one-time-code',
  inputMode: 'numeric',
  autofocus: true,
  error: model.fieldErrors?.['code'],
})}
${loginButton(context)}
</form>
<form id="kc-resend-form" action="${model.action}" method="post">
<div class="buttons">${submitButton(text('sentCodeResend'), { name: 'resend', value: 'on', secondary: true })}</div>
</form>
${tryAnotherWay(context, model)}`,
  })
}
