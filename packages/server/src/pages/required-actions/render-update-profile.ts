import { html } from '../html.ts'
import { layout, realmTitle } from '../layout.ts'
import type { PageContext } from '../page-context.ts'
import { profileFields } from './profile-fields.ts'
import type { UpdateProfileModel } from './required-action-models.ts'
import { cancelButton } from './required-action-parts.ts'

/** @returns page `login-login-update-profile`, also for VERIFY_PROFILE */
export function renderUpdateProfile(context: PageContext, model: UpdateProfileModel): string {
  return layout(context, {
    pageId: 'login-login-update-profile',
    title: realmTitle(context),
    heading: context.text('loginProfileTitle'),
    requiredFields: true,
    message: model.message,
    body: html`<form id="kc-update-profile-form" action="${model.action}" method="post">
${profileFields(context, model.fields, model.fieldErrors ?? {})}
<div class="buttons">
<input class="button" type="submit" value="${context.text('doSubmit')}">
${cancelButton(context, model)}
</div>
</form>`,
  })
}
