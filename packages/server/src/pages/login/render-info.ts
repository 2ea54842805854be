import { type Html, html, linkUrl } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { InfoModel } from './login-models.ts'

/** @returns page `login-info`: it is done, and the way on */
export function renderInfo(context: PageContext, model: InfoModel): string {
  const { message, heading = message, requiredActions = [] } = model
  const actions = requiredActions.map((alias) => context.text(`requiredAction.${alias}`)).join(', ')
  return layout(context, {
    pageId: 'login-info',
    title: realmTitle(context),
    heading: context.text(heading.key, ...(heading.params ?? [])),
    body: html`<div id="kc-info-message">
<p class="instruction" role="status">${context.text(message.key, ...(message.params ?? []))}${actions !== '' && html`: <b>${actions}</b>`}</p>
${wayOn(context, model)}
</div>${model.waitingPlace}`,
    ...(model.waitingPlace === undefined ? {} : { script: 'awaited.js' }),
  })
}

function wayOn(context: PageContext, model: InfoModel): Html | false {
  const link = (url: string, key: string) =>
    html`<p><a href="${linkUrl(url)}">${context.text(key)}</a></p>`
  if (model.pageRedirectUrl !== undefined) return link(model.pageRedirectUrl, 'backToApplication')
  if (model.actionUrl !== undefined) return link(model.actionUrl, 'proceedWithAction')
  return model.clientUrl !== undefined && link(model.clientUrl, 'backToApplication')
}
