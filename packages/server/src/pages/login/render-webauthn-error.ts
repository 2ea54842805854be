import { submitButton, tryAnotherWay } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { FlowPageModel, PageContext } from '../page-context.ts'

/** Page `login-webauthn-error`: what went wrong, and the way to try again. */
export interface WebauthnErrorModel extends FlowPageModel {
  /** Step or action that is tried again. */
  readonly execution: string
  /** The application asked for the action, so it may be cancelled. */
  readonly cancellable?: boolean | undefined
}

/** @returns page `login-webauthn-error` */
export function renderWebauthnError(context: PageContext, model: WebauthnErrorModel): string {
  const { text } = context
  const cancel = html`<form action="${model.action}" id="kc-webauthn-settings-form" method="post">
${submitButton(text('doCancel'), { id: 'cancelWebAuthnAIA', name: 'cancel-aia', value: 'true', secondary: true })}
</form>`
  return layout(context, {
    pageId: 'login-webauthn-error',
    title: realmTitle(context),
    heading: text('webauthn-error-title'),
    message: model.message,
    attemptedUser: model.attemptedUser,
    body: html`<form id="kc-error-credential-form" action="${model.action}" method="post" data-submit-once>
<input type="hidden" id="executionValue" name="authenticationExecution" value="${model.execution}">
<input type="hidden" id="isSetRetry" name="isSetRetry" value="retry">
${submitButton(text('doTryAgain'), { id: 'kc-try-again', name: 'try-again' })}
</form>
${model.cancellable === true && cancel}
${tryAnotherWay(context, model)}`,
  })
}
