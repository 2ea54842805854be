import { submitButton } from '../fields.ts'
import { type Html, html, linkUrl } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { ConsentModel } from './login-models.ts'

/** @returns page `login-login-oauth-grant`: may the client have these scopes */
export function renderConsent(context: PageContext, model: ConsentModel): string {
  const client = context.display(model.clientName)
  const scope = ({ text, parameter }: ConsentModel['scopes'][number]) =>
    html`<li><span>${context.display(text)}${parameter !== undefined && html`: <b>${parameter}</b>`}</span></li>`
  return layout(context, {
    pageId: 'login-login-oauth-grant',
    title: realmTitle(context),
    heading: context.text('oauthGrantTitle', client),
    message: model.message,
    body: html`<div id="kc-oauth">
${model.clientLogoUrl !== undefined && html`<img class="client-logo" src="${linkUrl(model.clientLogoUrl)}" alt="">`}
${model.bindingMessage !== undefined && html`<p id="kc-binding-message">${context.text('cibaBindingMessage')} <b>${model.bindingMessage}</b></p>`}
<h3>${context.text('oauthGrantRequest')}</h3>
<ul class="scopes">${model.scopes.map(scope)}</ul>
${(model.details ?? []).length > 0 && html`<ul class="scopes" id="kc-authorization-details">${model.details?.map(detail)}</ul>`}
${trust(context, model, client)}
<form action="${model.action}" method="POST">
<input type="hidden" name="code" value="${model.code}">
<div class="buttons">
${submitButton(context.text('doYes'), { id: 'kc-login', name: 'accept' })}
${submitButton(context.text('doNo'), { id: 'kc-cancel', name: 'cancel', secondary: true })}
</div>
</form>
</div>`,
  })
}

type Detail = NonNullable<ConsentModel['details']>[number]

function detail({ type, members }: Detail): Html {
  const member = ([name, text]: Detail['members'][number]) => html`<dt>${name}</dt><dd>${text}</dd>`
  return html`<li><span>${type}</span><dl>${members.map(member)}</dl></li>`
}

function trust({ text }: PageContext, model: ConsentModel, client: string): Html | false {
  if (model.clientTermsUrl === undefined && model.clientPolicyUrl === undefined) return false
  const review = (url: string | undefined, key: string) =>
    url !== undefined &&
    html` ${text('oauthGrantReview')} <a href="${linkUrl(url)}" target="_blank" rel="noopener noreferrer">${text(key)}</a>`
  return html`<h3 class="trust">${text('oauthGrantInformation', client)}${review(model.clientTermsUrl, 'oauthGrantTos')}${review(model.clientPolicyUrl, 'oauthGrantPolicy')}</h3>`
}
