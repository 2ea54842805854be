import { checkbox, passwordField } from '../fields.ts'
import { type Html, html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { FieldErrors, PageContext } from '../page-context.ts'
import { profileFields } from './profile-fields.ts'
import type { RegisterModel } from './required-action-models.ts'

type Captcha = NonNullable<RegisterModel['captcha']>

/** @returns page `login-register`: a new account, with the fields of the realm's user profile */
export function renderRegister(context: PageContext, model: RegisterModel): string {
  const errors = model.fieldErrors ?? {}
  // As Keycloak: the passwords stand after the name by which one signs in.
  const first = model.fields.slice(0, 1)
  const rest = model.fields.slice(1)
  return layout(context, {
    pageId: 'login-register',
    title: realmTitle(context),
    heading:
      model.invitedTo === undefined
        ? context.text('registerTitle')
        : context.text('organization.member.register.title', model.invitedTo),
    requiredFields: true,
    message: model.message,
    body: html`<form id="kc-register-form" action="${model.action}" method="post" novalidate="novalidate">
${context.locales.length > 0 && html`<input type="hidden" id="locale" name="locale" value="${context.locale}">`}
${profileFields(context, first, errors)}
${model.passwordRequired && passwords(context, errors)}
${profileFields(context, rest, errors)}
${model.termsAcceptanceRequired === true && terms(context, errors)}
${model.captcha && captchaBox(context, model.captcha)}
<div id="kc-form-buttons">${registerButton(context, model.captcha)}</div>
<div id="kc-form-options" class="below"><a href="${model.loginUrl}">${context.text('backToLogin')}</a></div>
</form>`,
  })
}

/** The service's script draws into the element of this class, and puts its answer into the form. */
function captchaBox({ locale, resourcesPath }: PageContext, captcha: Captcha): Html {
  const { siteKey, scriptUrl, action, invisible } = captcha
  const url = `${scriptUrl}?${new URLSearchParams({ hl: locale })}`
  return html`${
    invisible
      ? html`<script src="${resourcesPath}/captcha.js"></script>`
      : html`<div class="form-group"><div class="g-recaptcha" data-size="compact" data-sitekey="${siteKey}" data-action="${action}"></div></div>`
  }
<script src="${url}" async defer></script>`
}

function registerButton({ text }: PageContext, captcha: Captcha | undefined): Html {
  if (captcha?.invisible !== true) {
    return html`<input class="button" type="submit" value="${text('doRegister')}">`
  }
  return html`<button type="submit" class="button g-recaptcha" data-sitekey="${captcha.siteKey}" data-callback="onSubmitRecaptcha" data-action="${captcha.action}">${text('doRegister')}</button>`
}

function passwords(context: PageContext, errors: FieldErrors): Html {
  const field = (name: string, labelKey: string) =>
    passwordField(context, {
      name,
      label: context.text(labelKey),
      autocomplete: 'new-password',
      required: true,
      error: errors[name],
    })
  return html`${field('password', 'password')}${field('password-confirm', 'passwordConfirm')}`
}

function terms(context: PageContext, errors: FieldErrors): Html {
  const error = errors['termsAccepted']

  return html`<div id="kc-registration-terms-text" class="terms">${context.markup(context.text('termsText'))}</div>
${checkbox('termsAccepted', context.text('acceptTerms'), false)}
<div id="input-error-container-terms-accepted"><div aria-live="polite">${
    error !== undefined &&
    html`<div id="input-error-terms-accepted" class="field-error pf-m-error">${context.text(error.key, ...(error.params ?? []))}</div>`
  }</div></div>`
}
