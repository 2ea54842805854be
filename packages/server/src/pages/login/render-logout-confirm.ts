import { html, linkUrl } from '../html.ts'
import { layout } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { LogoutConfirmModel } from './login-models.ts'

/** @returns page `login-logout-confirm`: RP-Initiated Logout 1.0 §2, the user is asked when no hint proves the intent */
export function renderLogoutConfirm(context: PageContext, model: LogoutConfirmModel): string {
  const title = context.text('logoutConfirmTitle')
  return layout(context, {
    pageId: 'login-logout-confirm',
    title,
    heading: title,
    body: html`<div id="kc-logout-confirm">
<p class="instruction">${context.text('logoutConfirmHeader')}</p>
<form action="${model.action}" method="POST" data-submit-once>
<input type="hidden" name="session_code" value="${model.sessionCode}">
<div id="kc-form-options"></div>
<div id="kc-form-buttons"><input class="button" type="submit" name="confirmLogout" id="kc-logout" value="${context.text('doLogout')}"></div>
</form>
<div id="kc-info-message">${
      model.clientUrl !== undefined &&
      html`<p><a href="${linkUrl(model.clientUrl)}">${context.text('backToApplication')}</a></p>`
    }</div>
</div>`,
  })
}
