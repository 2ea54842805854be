import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { PageExpiredModel } from './login-models.ts'

/** @returns page `login-login-page-expired`: start over or go on where the login stands */
export function renderPageExpired(context: PageContext, model: PageExpiredModel): string {
  const here = context.text('doClickHere')
  return layout(context, {
    pageId: 'login-login-page-expired',
    title: realmTitle(context),
    heading: context.text('pageExpiredTitle'),
    body: html`<p id="instruction1" class="instruction">
${context.text('pageExpiredMsg1')} <a id="loginRestartLink" href="${model.restartUrl}">${here}</a> .<br>
${context.text('pageExpiredMsg2')} <a id="loginContinueLink" href="${model.continueUrl}">${here}</a> .
</p>`,
  })
}
