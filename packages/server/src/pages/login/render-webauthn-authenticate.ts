import { tryAnotherWay } from '../fields.ts'
import { type Html, html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { FlowPageModel, PageContext } from '../page-context.ts'
import { registrationLink } from './login-form-parts.ts'
import type { LoginLinks } from './login-models.ts'
import { assertionForms, type WebauthnRequestModel, webauthnScript } from './webauthn-parts.ts'

/** Page `login-webauthn-authenticate`: the browser asks the authenticator, the script posts what it answers. */
export interface WebauthnAuthenticateModel extends FlowPageModel, LoginLinks {
  readonly request: WebauthnRequestModel
  /** Keys of the user, listed above the button. */
  readonly devices: readonly WebauthnDeviceModel[]
}

interface WebauthnDeviceModel {
  readonly label: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null
  /** `usb`, `nfc`, `ble`, `internal`, … */
  readonly transports: readonly string[]
  /** Name of its model; it stands in the place of the ways to reach it. */
  readonly model?: string | undefined
}

/** Keycloak's names of the ways to reach an authenticator. */
const transportTexts: Readonly<Record<string, string>> = {
  usb: 'usb',
  nfc: 'nfc',
  ble: 'bluetooth',
  internal: 'internal',
}

/** @returns page `login-webauthn-authenticate`: a key proves who somebody is */
export function renderWebauthnAuthenticate(
  context: PageContext,
  model: WebauthnAuthenticateModel,
): string {
  const { text } = context
  return layout(context, {
    pageId: 'login-webauthn-authenticate',
    title: realmTitle(context),
    heading: text('webauthn-login-title'),
    message: model.message,
    attemptedUser: model.attemptedUser,
    script: webauthnScript,
    body: html`<div id="kc-form-webauthn">
${assertionForms(context, model.action, model.request)}
${devices(context, model.devices)}
<button type="submit" id="authenticateWebAuthnButton" class="button" autofocus>${text('webauthn-doAuthenticate')}</button>
${tryAnotherWay(context, model)}
</div>`,
    footer: registrationLink(context, model.registrationUrl),
  })
}

function devices(context: PageContext, all: WebauthnAuthenticateModel['devices']): Html | false {
  if (all.length === 0) return false
  return html`${all.length > 1 && html`<p class="instruction">${context.text('webauthn-available-authenticators')}</p>`}
<ul class="tiles" role="list">${all.map((one, index) => html`<li>${device(context, one, index)}</li>`)}</ul>`
}

function device(context: PageContext, one: WebauthnDeviceModel, index: number): Html {
  const { text } = context
  const names = [
    ...new Set(
      one.transports.flatMap((name) =>
        Object.hasOwn(transportTexts, name) ? (transportTexts[name] ?? []) : [],
      ),
    ),
  ]
  const created =
    one.createdAt !== null &&
    html`<div><span id="kc-webauthn-authenticator-createdlabel-${index}">${text('webauthn-createdAt-label')}</span> <span id="kc-webauthn-authenticator-created-${index}">${dateOf(context, one.createdAt)}</span></div>`
  return html`<div id="kc-webauthn-authenticator-item-${index}" class="tile">
<div id="kc-webauthn-authenticator-label-${index}"><b>${one.label}</b></div>
${one.model !== undefined && html`<div id="kc-webauthn-authenticator-label-subtext-${index}">${one.model}</div>`}
${
  one.model === undefined &&
  names.length > 0 &&
  html`<div id="kc-webauthn-authenticator-transport-${index}">${names.map((name) => text(name)).join(', ')}</div>`
}
${created}
</div>`
}

function dateOf({ locale }: PageContext, at: number): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  return format.format(at)
}
