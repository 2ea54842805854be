import { html, linkUrl } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { ErrorModel } from './login-models.ts'

/** @returns page `login-error`: why it does not go on, and the way back to the application */
export function renderError(context: PageContext, model: ErrorModel): string {
  const { key, params = [] } = model.message
  return layout(context, {
    pageId: 'login-error',
    title: model.untitled === true ? '' : realmTitle(context),
    heading: context.text('errorTitle'),
    body: html`<div id="kc-error-message">
<p class="instruction" role="alert">${context.text(key, ...params)}</p>
${model.traceId !== undefined && html`<p id="traceId" class="hint">${context.text('traceIdSupportMessage', model.traceId)}</p>`}
${
  model.clientUrl !== undefined &&
  html`<p><a id="backToApplication" href="${linkUrl(model.clientUrl)}">${context.text('backToApplication')}</a></p>`
}
</div>`,
  })
}
