import { html, linkUrl, postUrl } from '../html.ts'
import { layout } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { FrontchannelLogoutModel } from './login-models.ts'

/** @returns page `login-frontchannel-logout`: OpenID Connect Front-Channel Logout 1.0 §3, one frame per client */
export function renderFrontchannelLogout(
  context: PageContext,
  model: FrontchannelLogoutModel,
): string {
  const title = context.text('frontchannel-logout.title')
  const client = ({ name, logoutUrl }: FrontchannelLogoutModel['clients'][number]) =>
    html`<li>${context.display(name)}<iframe src="${linkUrl(logoutUrl)}" title="${context.display(name)}" hidden></iframe></li>`
  return layout(context, {
    pageId: 'login-frontchannel-logout',
    title,
    heading: title,
    script: 'frontchannel-logout.js',
    // For browsers in which no script runs: they too wait until the frames have loaded (HTML §4.2.5.3). Where one does, a
    // second way on would bring the client its user twice.
    nextUrl: model.continueUrl,
    body: html`<p>${context.text('frontchannel-logout.message')}</p>
<ul class="scopes">${model.clients.map(client)}</ul>
${
  model.continueUrl !== undefined &&
  html`<a id="continue" class="button" href="${postUrl(model.continueUrl)}">${context.text('doContinue')}</a>`
}`,
  })
}
