import { type Html, html, postUrl } from './html.ts'
import type { AttemptedUser, LocaleChoice, PageContext, PageMessage } from './page-context.ts'
import type { PageLook } from './themes/page-look.ts'

/** What a page puts into the frame that all pages share. */
export interface PageParts {
  /** Keycloak's name of the page with the prefix of its theme, e.g. `login-login-otp`. */
  readonly pageId: string
  readonly title: string
  readonly heading: string
  /** Explains `*`. */
  readonly requiredFields?: boolean | undefined
  readonly message?: PageMessage | undefined
  readonly attemptedUser?: AttemptedUser | undefined
  readonly body: Html
  /** Below the form, e.g. the way to registration. */
  readonly footer?: Html | undefined
  /** Name of a further script of the resources folder. */
  readonly script?: string | undefined
  /** Where browsers that run no scripts go by themselves once the page with its frames has loaded. */
  readonly nextUrl?: string | undefined
}

const alertClasses = {
  error: 'pf-m-danger',
  warning: 'pf-m-warning',
  info: 'pf-m-info',
  success: 'pf-m-success',
}

const rightToLeft = new Set(['ar', 'fa', 'he', 'ur'])

/** @returns the whole document */
export function layout(context: PageContext, parts: PageParts): string {
  const { resourcesPath: resources } = context
  const look = context.look(parts.pageId)
  const language = context.locale.split('-')[0] ?? context.locale
  const direction = rightToLeft.has(language) ? 'rtl' : 'ltr'
  const page = html`<!DOCTYPE html>
<html class="login-pf" lang="${context.locale}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">${
    parts.nextUrl !== undefined &&
    html`
<noscript><meta http-equiv="refresh" content="0; url=${postUrl(parts.nextUrl)}"></noscript>`
  }
<title>${parts.title}</title>
${favicon(look, resources)}${look.ownStyles && ownStyles(resources)}${look.stylesheets.map(stylesheet)}
<script src="${resources}/login.js" defer></script>${
    parts.script !== undefined &&
    html`
<script src="${resources}/${parts.script}" defer></script>`
  }${look.scripts.map(
    (address) => html`
<script src="${address}" defer></script>`,
  )}
</head>
<body id="keycloak-bg" class="" data-page-id="${parts.pageId}"${
    context.signedInElsewhereUrl !== undefined &&
    html` data-signed-in-elsewhere="${context.signedInElsewhereUrl}"`
  }>
<div class="page">
<header id="kc-header" class="pf-v5-c-login__header">
${look.slot('header') ?? html`<div id="kc-header-wrapper" class="pf-v5-c-brand">${heading(context, look)}</div>`}
</header>${slot(look, 'beside')}
<main class="card">
<h1 id="kc-page-title">${parts.heading}</h1>
${parts.requiredFields && requiredFields(context)}
${parts.attemptedUser && attemptedUser(context, parts.attemptedUser)}
${parts.message && alert(context, parts.message)}
${parts.body}
${parts.footer && html`<div id="kc-info"><div id="kc-info-wrapper">${parts.footer}</div></div>`}
</main>
${languages(context)}${slot(look, 'footer')}
</div>
</body>
</html>
`
  return page.toString()
}

function favicon(look: PageLook, resources: string): Html {
  return look.favicon === undefined
    ? html`<link rel="icon" type="image/svg+xml" href="${resources}/favicon.svg">`
    : html`<link rel="icon" href="${look.favicon}">`
}

function ownStyles(resources: string): Html {
  return html`${['forms.css', 'login.css'].map((name) => stylesheet(`${resources}/${name}`))}`
}

function stylesheet(address: string): Html {
  return html`
<link rel="stylesheet" href="${address}">`
}

function heading(context: PageContext, { logo }: PageLook): Html {
  return logo === undefined
    ? context.realmHeading
    : html`<img id="kc-logo" src="${logo}" alt="${context.realmTitle}">`
}

function slot(look: PageLook, name: 'beside' | 'footer'): Html | false {
  const markup = look.slot(name)
  return (
    markup !== undefined &&
    html`
<div class="${name}" data-slot="${name}">${markup}</div>`
  )
}

/** @returns the title of a page that belongs to a realm */
export function realmTitle(context: PageContext): string {
  return context.inRealm ? context.text('loginTitle', context.realmTitle) : ''
}

function languages({ locale, locales, text }: PageContext): Html | false {
  if (locales.length === 0) return false
  const option = (choice: LocaleChoice) =>
    html`<option value="${choice.url}" lang="${choice.tag}"${choice.tag === locale && html` selected`}>${choice.name}</option>`
  const link = (choice: LocaleChoice) =>
    html`<li><a href="${choice.url}" hreflang="${choice.tag}">${choice.name}</a></li>`
  return html`<footer class="languages">
<select id="login-select-toggle" aria-label="${text('languages')}" data-navigate>${locales.map(option)}</select>
<noscript><ul>${locales.filter(({ tag }) => tag !== locale).map(link)}</ul></noscript>
</footer>`
}

function requiredFields({ text }: PageContext): Html {
  return html`<p class="required-fields"><span class="required">*</span> ${text('requiredFields')}</p>`
}

function attemptedUser({ text }: PageContext, user: AttemptedUser): Html {
  return html`<div class="field attempted">
<label id="kc-attempted-label" for="username">${text('usernameOrEmail')}</label>
<div class="control">
<input id="kc-attempted-username" value="${user.username}" aria-labelledby="kc-attempted-label" autocomplete="username" readonly>
<a id="reset-login" class="icon-button" role="button" href="${user.restartUrl}" aria-label="${text('restartLoginTooltip')}" title="${text('restartLoginTooltip')}">
<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M4 12a8 8 0 1 0 2.6-5.9M4 4v5h5"/></svg>
</a>
</div>
<div id="input-error-container-username"></div>
</div>`
}

function alert({ text }: PageContext, message: PageMessage): Html {
  const role = message.kind === 'error' ? 'alert' : 'status'
  return html`<div class="alert pf-v5-c-alert pf-m-inline ${alertClasses[message.kind]}" role="${role}">
<span class="kc-feedback-text">${text(message.key, ...(message.params ?? []))}</span>
</div>`
}
