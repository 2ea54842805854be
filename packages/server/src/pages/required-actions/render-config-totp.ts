import { inputField } from '../fields.ts'
import { type Html, html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { ConfigTotpModel } from './required-action-models.ts'
import { cancelButton, logoutSessionsBox } from './required-action-parts.ts'

const algorithmNames: Readonly<Record<string, string>> = {
  HmacSHA1: 'SHA1',
  HmacSHA256: 'SHA256',
  HmacSHA512: 'SHA512',
}

/** @returns page `login-login-config-totp`: ties an authenticator app to the account */
export function renderConfigTotp(context: PageContext, model: ConfigTotpModel): string {
  const { text } = context
  return layout(context, {
    pageId: 'login-login-config-totp',
    title: realmTitle(context),
    heading: text('loginTotpTitle'),
    message: model.message,
    body: html`<ol id="kc-totp-settings" class="steps">
<li><p>${text('loginTotpStep1')}</p>
<ul id="kc-totp-supported-apps">${model.supportedApps.map((app) => html`<li>${text(app)}</li>`)}</ul></li>
${model.mode === 'manual' ? manualSteps(context, model) : barcodeStep(context, model)}
<li><p>${text('loginTotpStep3')}</p><p>${text('loginTotpStep3DeviceName')}</p></li>
</ol>
${form(context, model)}`,
  })
}

function barcodeStep({ text }: PageContext, model: ConfigTotpModel): Html {
  const picture = model.qrCode.startsWith('data:')
    ? model.qrCode
    : `data:image/png;base64,${model.qrCode}`
  return html`<li><p>${text('loginTotpStep2')}</p>
<img id="kc-totp-secret-qr-code" class="qr-code" src="${picture}" alt="${text('barcodeAlternativeText')}">
<p><a href="${model.otherModeUrl}" id="mode-manual">${text('loginTotpUnableToScan')}</a></p></li>`
}

function manualSteps({ text }: PageContext, { policy, ...model }: ConfigTotpModel): Html {
  const key = model.secretBase32.replace(/.{4}(?=.)/g, '$& ')
  const row = (id: string, label: string, value: string | number) =>
    html`<li id="kc-totp-${id}">${text(label)}: ${value}</li>`
  return html`<li><p>${text('loginTotpManualStep2')}</p>
<p><span id="kc-totp-secret-key" class="secret">${key}</span></p>
<p><a href="${model.otherModeUrl}" id="mode-barcode">${text('loginTotpScanBarcode')}</a></p></li>
<li><p>${text('loginTotpManualStep3')}</p>
<ul>
${row('type', 'loginTotpType', text(`loginTotp.${policy.type}`))}
${row('algorithm', 'loginTotpAlgorithm', algorithmNames[policy.algorithm] ?? policy.algorithm)}
${row('digits', 'loginTotpDigits', policy.digits)}
${
  policy.type === 'totp'
    ? row('period', 'loginTotpInterval', policy.period)
    : row('counter', 'loginTotpCounter', policy.initialCounter)
}
</ul></li>`
}

function form(context: PageContext, model: ConfigTotpModel): Html {
  const { text } = context
  return html`<form id="kc-totp-settings-form" action="${model.action}" method="post" novalidate="novalidate">
${inputField(context, {
  name: 'totp',
  label: text('loginTotpOneTime'),
  autocomplete: 'one-time-code',
  inputMode: 'numeric',
  required: true,
  // The form is long: what has to be mended is brought into view.
  autofocus: model.fieldErrors?.['totp'] !== undefined,
  error: model.fieldErrors?.['totp'],
})}
<input type="hidden" id="totpSecret" name="totpSecret" value="${model.secret}">
${model.mode === 'manual' && html`<input type="hidden" id="mode" name="mode" value="manual">`}
${inputField(context, {
  name: 'userLabel',
  label: text('loginTotpDeviceName'),
  value: model.userLabel,
  autocomplete: 'off',
  required: model.labelRequired,
  error: model.fieldErrors?.['userLabel'],
})}
<div id="kc-form-options">${logoutSessionsBox(context, model.logoutSessions)}</div>
<div class="buttons">
<input class="button" type="submit" id="saveTOTPBtn" value="${text('doSubmit')}">
${cancelButton(context, model, 'cancelTOTPBtn')}
</div>
</form>`
}
