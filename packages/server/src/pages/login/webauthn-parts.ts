import { type Html, html } from '../html.ts'
import type { FlowPageModel, PageContext } from '../page-context.ts'

/** Script of every page with a ceremony of WebAuthn: reads what to ask for from `data-webauthn` of the form. */
export const webauthnScript = 'webauthn.js'

/** What a page asks `navigator.credentials.get()` for. */
export interface WebauthnRequestModel {
  /** Base64url. */
  readonly challenge: string
  readonly rpId: string
  readonly userVerification: string
  /** 0 = as long as the browser likes. */
  readonly createTimeoutSeconds: number
  readonly mediation: string
  readonly attachment: string
  /** Base64url; null while nobody has said who they are. */
  readonly keyIds: readonly string[] | null
}

/** The forms that the script reads and posts: what to ask for, whose keys, and the browser's answer. */
export function assertionForms(
  { text }: PageContext,
  action: string,
  request: WebauthnRequestModel,
  offered?: 'offered',
): Html {
  const { keyIds, ...asked } = request
  const data = JSON.stringify({
    ...asked,
    isUserIdentified: keyIds !== null,
    unsupported: text(
      offered === undefined
        ? 'webauthn-unsupported-browser-text'
        : 'passkey-unsupported-browser-text',
    ),
  })
  const field = (name: string) => html`<input type="hidden" id="${name}" name="${name}">`
  const answer = [
    'clientDataJSON',
    'authenticatorData',
    'signature',
    'credentialId',
    'userHandle',
    'error',
  ]
  const key = (id: string) => html`<input type="hidden" name="authn_use_chk" value="${id}">`
  return html`<form id="webauth" action="${action}" method="post" hidden data-webauthn="${data}"${
    offered !== undefined && html` data-webauthn-offered`
  }>${answer.map(field)}</form>
${keyIds !== null && html`<form id="authn_select" hidden>${keyIds.map(key)}</form>`}`
}

/** Passkeys beside a form that asks for a name or a password; nothing where the realm offers none. */
export function passkeyOffer(
  context: PageContext,
  { action, passkeys }: FlowPageModel & { readonly passkeys?: WebauthnRequestModel | undefined },
): Html | undefined {
  if (passkeys === undefined) return undefined
  return html`${assertionForms(context, action, passkeys, 'offered')}
<a id="authenticateWebAuthnButton" href="#" role="button" class="button secondary">${context.text('webauthn-doAuthenticate')}</a>`
}
