import { inputField, submitButton } from '../fields.ts'
import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'

/** Page `login-login-oauth2-device-verify-user-code`: posts `device_user_code`. */
export interface DeviceCodeModel {
  readonly action: string
  /** Whether the code that was typed before is none. */
  readonly wrong: boolean
}

/** @returns the page on which a user types the code that a device shows */
export function renderDeviceCode(context: PageContext, { action, wrong }: DeviceCodeModel): string {
  return layout(context, {
    pageId: 'login-login-oauth2-device-verify-user-code',
    title: realmTitle(context),
    heading: context.text('oauth2DeviceVerificationTitle'),
    message: wrong ? { kind: 'error', key: 'oauth2DeviceInvalidUserCodeMessage' } : undefined,
    body: html`<form id="kc-user-verify-device-user-code-form" action="${action}" method="post">
${inputField(context, {
  name: 'device_user_code',
  label: context.text('verifyOAuth2DeviceUserCode'),
  autocomplete: 'off',
  autofocus: true,
})}
${submitButton(context.text('doSubmit'))}
</form>`,
  })
}
