import { submitButton } from '../fields.ts'
import { type Html, html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { RecoveryCodesModel } from './required-action-models.ts'
import { logoutSessionsBox } from './required-action-parts.ts'

/** @returns page `login-login-recovery-authn-code-config`: the list that somebody prints and keeps */
export function renderRecoveryCodes(context: PageContext, model: RecoveryCodesModel): string {
  const { text } = context
  const tool = (id: string, key: string) =>
    html`<button type="button" id="${id}" class="link" hidden>${text(key)}</button>`
  const item = (code: string) => html`<li>${grouped(code)}</li>`
  return layout(context, {
    pageId: 'login-login-recovery-authn-code-config',
    title: realmTitle(context),
    heading: text('recovery-code-config-header'),
    message: model.message,
    script: 'recovery-codes.js',
    body: html`<div class="alert pf-v5-c-alert pf-m-warning pf-m-inline kc-recovery-codes-warning" role="note">
<h2 class="pf-v5-c-alert__title">${text('recovery-code-config-warning-title')}</h2>
<p class="pf-v5-c-alert__description">${text('recovery-code-config-warning-message')}</p>
</div>
<ol id="kc-recovery-codes-list" class="secret" data-heading="${text('recovery-codes-download-file-header')}">${model.codes.map(item)}</ol>
<p>${tool('printRecoveryCodes', 'recovery-codes-print')} ${tool('downloadRecoveryCodes', 'recovery-codes-download')} ${tool('copyRecoveryCodes', 'recovery-codes-copy')}</p>
<div class="checkbox">
<input type="checkbox" id="kcRecoveryCodesConfirmationCheck" name="kcRecoveryCodesConfirmationCheck" form="kc-recovery-codes-settings-form" required>
<label for="kcRecoveryCodesConfirmationCheck">${text('recovery-codes-confirmation-message')}</label>
</div>
${settingsForm(context, model)}`,
  })
}

function settingsForm(context: PageContext, model: RecoveryCodesModel): Html {
  const { text } = context
  const cancel = {
    id: 'cancelRecoveryAuthnCodesBtn',
    name: 'cancel-aia',
    value: 'true',
    secondary: true,
    noValidate: true,
  }
  return html`<form id="kc-recovery-codes-settings-form" action="${model.action}" method="post">
<input type="hidden" name="generatedRecoveryAuthnCodes" value="${model.codes.join(',')}">
<input type="hidden" name="generatedAt" value="${model.generatedAt}">
<input type="hidden" id="userLabel" name="userLabel" value="${text('recovery-codes-label-default')}">
<div id="kc-form-options">${logoutSessionsBox(context, model.logoutSessions)}</div>
<div class="buttons">
<input class="button" type="submit" id="saveRecoveryAuthnCodesBtn" value="${text('recovery-codes-action-complete')}">
${model.cancellable === true && submitButton(text('recovery-codes-action-cancel'), cancel)}
</div>
</form>`
}

/** In groups of four, as people read them out. */
function grouped(code: string): string {
  return code.replace(/.{4}(?=.)/g, '$&-')
}
