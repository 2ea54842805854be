import { checkbox, inputField, passwordField, submitButton } from '../fields.ts'
import { type Html, html } from '../html.ts'
import type { FlowPageModel, PageContext } from '../page-context.ts'
import type { LoginLinks, UsernameKind } from './login-models.ts'

/** The input of the user name or e-mail. */
export function usernameInput(
  context: PageContext,
  model: FlowPageModel & {
    readonly username: string
    readonly usernameKind: UsernameKind
    readonly passkeys?: unknown
  },
  autofocus: boolean,
): Html {
  return inputField(context, {
    name: 'username',
    label: context.text(model.usernameKind),
    value: model.username,
    autocomplete: model.passkeys === undefined ? 'username' : 'username webauthn',
    autofocus,
    error: model.fieldErrors?.['username'],
  })
}

/** The input of the password with the link to reset it. */
export function passwordInput(
  context: PageContext,
  model: FlowPageModel & LoginLinks,
  autofocus: boolean,
): Html {
  return passwordField(context, {
    name: 'password',
    label: context.text('password'),
    autocomplete: 'current-password',
    autofocus,
    error: model.fieldErrors?.['password'],
    below:
      model.resetPasswordUrl === undefined
        ? undefined
        : html`<div class="below"><a href="${model.resetPasswordUrl}">${context.text('doForgotPassword')}</a></div>`,
  })
}

/** `undefined` = the realm does not offer to remember. */
export function rememberMe(context: PageContext, checked: boolean | undefined): Html | false {
  return checked !== undefined && checkbox('rememberMe', context.text('rememberMe'), checked)
}

/** The button that ends every login form. */
export function loginButton(context: PageContext): Html {
  return submitButton(context.text('doLogIn'), { id: 'kc-login', name: 'login' })
}

/** The way to self-registration, below the card. */
export function registrationLink(context: PageContext, url: string | undefined): Html | undefined {
  if (url === undefined) return undefined
  return html`<div id="kc-registration-container"><div id="kc-registration"><span>${context.text('noAccount')} <a href="${url}">${context.text('doRegister')}</a></span></div></div>`
}
