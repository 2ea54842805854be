import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import type { SelectOrganizationModel } from './login-models.ts'

/** @returns page `login-select-organization`: on behalf of which organization */
export function renderSelectOrganization(
  context: PageContext,
  model: SelectOrganizationModel,
): string {
  const choice = ({ alias, name }: SelectOrganizationModel['organizations'][number]) =>
    html`<button type="submit" class="tile" id="organization-${alias}" name="kc.org" value="${alias}">${name}</button>`
  return layout(context, {
    pageId: 'login-select-organization',
    title: realmTitle(context),
    heading: '',
    message: model.message,
    attemptedUser: model.attemptedUser,
    body: html`<form action="${model.action}" method="post">
<div id="kc-user-organizations">
<h2>${context.text('organization.select')}</h2>
<div class="tiles">${model.organizations.map(choice)}</div>
</div>
</form>`,
  })
}
