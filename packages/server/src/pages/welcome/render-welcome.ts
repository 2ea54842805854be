import { inputField, passwordField, submitButton } from '../fields.ts'
import { type Html, html } from '../html.ts'
import { layout } from '../layout.ts'
import type { FieldErrors, PageContext, PageMessage } from '../page-context.ts'

/** What the page at the root of the server shows. */
export interface WelcomeModel {
  /**
   * `create-admin`: no administrator yet, and the visitor sits at this machine; `no-admin`: no administrator yet, and
   * the visitor is elsewhere; `ready`: the server is set up.
   */
  readonly state: 'create-admin' | 'no-admin' | 'ready'
  /** Where the form is posted to. */
  readonly action: string
  /** Posted as `stateChecker`; equals the cookie. */
  readonly stateChecker: string
  /** Address of this server as browsers see it. */
  readonly serverUrl: string
  /** Links to what `start-dev` has for those who develop: a sample application, and the mails that nobody sends. */
  readonly forDevelopers: boolean
  readonly username?: string | undefined
  readonly message?: PageMessage | undefined
  readonly fieldErrors?: FieldErrors | undefined
}

/** @returns the page at `/` */
export function renderWelcome(context: PageContext, model: WelcomeModel): string {
  const ready = model.state === 'ready'
  return layout(context, {
    pageId: ready ? 'welcome-ready' : 'welcome-create-admin',
    title: context.text('welcomeTitle', context.realmTitle),
    heading: context.text(ready ? 'welcomeReadyHeading' : 'welcomeCreateAdminHeading'),
    message: model.message,
    body: body(context, model),
  })
}

function body(context: PageContext, model: WelcomeModel): Html {
  if (model.state === 'ready') return links(context, model)
  if (model.state === 'create-admin') return adminForm(context, model)
  return html`<p class="instruction">${context.text('welcomeLocalOnly')}</p>
<p>${context.text('welcomeBootstrapSettings')}</p>
<p><span class="secret">KC_BOOTSTRAP_ADMIN_USERNAME</span> <span class="secret">KC_BOOTSTRAP_ADMIN_PASSWORD</span></p>`
}

function links({ text }: PageContext, { serverUrl, forDevelopers }: WelcomeModel): Html {
  const link = (path: string, key: string) =>
    html`<li><a href="${serverUrl}${path}">${text(key)}</a></li>`
  return html`<p class="instruction">${text('welcomeReady')}</p>
<ul class="scopes">
${link('/admin/master/console/', 'welcomeAdminConsole')}
${forDevelopers && link('/sample-app', 'welcomeSampleApp')}
${link('/realms/master/account/', 'welcomeAccountConsole')}
${link('/realms/master/.well-known/openid-configuration', 'welcomeDiscovery')}
${link('/realms/master', 'welcomeRealm')}
${forDevelopers && link('/mailbox', 'welcomeMailbox')}
</ul>`
}

function adminForm(context: PageContext, model: WelcomeModel): Html {
  const password = (name: string, labelKey: string) =>
    passwordField(context, {
      name,
      label: context.text(labelKey),
      autocomplete: 'new-password',
      required: true,
      error: model.fieldErrors?.[name],
    })
  return html`<p class="instruction">${context.text('welcomeCreateAdmin')}</p>
<form id="create-admin" action="${model.action}" method="post" novalidate="novalidate" data-submit-once>
<input type="hidden" name="stateChecker" value="${model.stateChecker}">
${inputField(context, {
  name: 'username',
  label: context.text('username'),
  value: model.username,
  autocomplete: 'username',
  autofocus: true,
  required: true,
  error: model.fieldErrors?.['username'],
})}
${password('password', 'password')}
${password('password-confirmation', 'passwordConfirm')}
${submitButton(context.text('welcomeCreateUser'), { id: 'create-button' })}
</form>`
}
