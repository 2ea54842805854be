import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { FlowPageModel, PageContext } from '../page-context.ts'

/** Page `login-login-x509-info`: posts `login` or `cancel`. */
export interface X509ConfirmModel extends FlowPageModel {
  readonly subject: string
  readonly username: string
}

/** @returns page `login-login-x509-info`: whose certificate the browser has shown */
export function renderX509Confirm(context: PageContext, model: X509ConfirmModel): string {
  const { text } = context
  return layout(context, {
    pageId: 'login-login-x509-info',
    title: realmTitle(context),
    heading: text('doLogIn'),
    message: model.message,
    body: html`<form id="kc-x509-login-info" action="${model.action}" method="post" data-submit-once>
<dl>
<dt>${text('clientCertificate')}</dt><dd id="certificate_subjectDN">${model.subject}</dd>
<dt>${text('doX509Login')}</dt><dd id="username">${model.username}</dd>
</dl>
<div id="kc-form-buttons" class="buttons">
<input class="button" name="login" id="kc-login" type="submit" value="${text('doContinue')}">
<input class="button secondary" name="cancel" id="kc-cancel" type="submit" value="${text('doIgnore')}">
</div>
</form>`,
  })
}
