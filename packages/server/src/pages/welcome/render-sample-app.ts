import { type Html, html } from '../html.ts'
import { layout } from '../layout.ts'
import type { PageContext } from '../page-context.ts'

/** A client that users sign in to from a browser. */
export interface SampleClient {
  readonly id: string
  readonly clientId: string
  /** Whether it has the sample's address among its redirect URIs. */
  readonly leadsBack: boolean
}

export interface SampleAppModel {
  readonly realm: string
  readonly clients: readonly SampleClient[]
  /** Of the sample itself: where logins lead back to. */
  readonly address: string
  readonly serverUrl: string
  readonly adminUrl: string
}

const pageId = 'sample-app'
const script = 'sample-app.js'

/** @returns the page on which a realm is chosen. @param model `realms`: names, without master */
export function renderSampleAppRealms(
  context: PageContext,
  model: Pick<SampleAppModel, 'address' | 'adminUrl'> & { readonly realms: readonly string[] },
): string {
  const { text } = context
  const { realms, address, adminUrl } = model
  const row = (name: string) =>
    html`<li><a href="${address}?${new URLSearchParams({ realm: name }).toString()}">${name}</a></li>`
  const consoleUrl = `${adminUrl}/admin/master/console/#/master/realms`
  return layout(context, {
    pageId,
    title: text('sampleAppTitle'),
    heading: text('sampleAppTitle'),
    body: html`<p class="instruction">${text(realms.length > 0 ? 'sampleAppChooseRealm' : 'sampleAppNoRealm')}</p>
<ul class="scopes">${realms.map(row)}
<li><a href="${consoleUrl}">${text('sampleAppMakeRealm')}</a></li></ul>`,
  })
}

/** @returns the page of a realm: its account console, and its clients that run in a browser */
export function renderSampleApp(context: PageContext, model: SampleAppModel): string {
  const { text } = context
  const { realm, clients, address, serverUrl, adminUrl } = model
  const realmUrl = `${serverUrl}/realms/${encodeURIComponent(realm)}`
  const consoleUrl = `${adminUrl}/admin/master/console/#/${encodeURIComponent(realm)}/clients`
  const unready = clients.filter(({ leadsBack }) => !leadsBack)
  const ready = clients.filter(({ leadsBack }) => leadsBack)
  const signIn = ({ clientId }: SampleClient): Html =>
    html`<p><button type="button" class="button" data-realm-url="${realmUrl}" data-client-id="${clientId}" data-address="${address}" hidden>${text('sampleAppSignIn', clientId)}</button></p>`
  const settings = ({ id, clientId }: SampleClient): Html =>
    html`<li><a href="${consoleUrl}/${id}/settings">${text('sampleAppOpenClient', clientId)}</a></li>`
  return layout(context, {
    pageId,
    script,
    title: text('sampleAppTitle'),
    heading: text('sampleAppRealm', realm),
    body: html`${ready.map(signIn)}
<ul class="scopes"><li><a href="${realmUrl}/account/">${text('sampleAppAccountConsole')}</a></li></ul>
${
  ready.length === 0 &&
  html`<p class="instruction">${text('sampleAppOwnClient')}</p>
<p><span class="secret">${address}</span></p>
<ul class="scopes">${unready.map(settings)}
<li><a href="${consoleUrl}/add-client">${text('sampleAppMakeClient')}</a></li></ul>`
}
<noscript>${text('sampleAppNoScript')}</noscript>`,
  })
}

/** @returns the page that a login leads back to; its script shows who signed in */
export function renderSampleAppAnswer(context: PageContext, address: string): string {
  const { text } = context
  return layout(context, {
    pageId,
    script,
    title: text('sampleAppTitle'),
    heading: text('sampleAppTitle'),
    body: html`<div id="sample-app-answer" data-address="${address}" data-signed-in="${text('sampleAppSignedIn')}" data-failed="${text('sampleAppFailed')}">
<p id="sample-app-outcome" class="instruction" role="status"></p>
<pre id="sample-app-claims" class="claims" tabindex="0" hidden></pre>
<ul class="scopes"><li id="sample-app-sign-out" hidden><a href="${address}">${text('sampleAppSignOut')}</a></li>
<li><a href="${address}">${text('sampleAppAgain')}</a></li></ul>
</div>
<noscript>${text('sampleAppNoScript')}</noscript>`,
  })
}
