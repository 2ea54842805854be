import { html, postUrl } from '../html.ts'
import type { PageContext } from '../page-context.ts'
import type { FormPostModel } from './login-models.ts'

/**
 * @returns the page of `response_mode=form_post` (OAuth 2.0 Form Post Response Mode §2): sends itself, or by a
 * button where scripts do not run
 */
export function renderFormPost(context: PageContext, model: FormPostModel): string {
  const field = ([name, value]: FormPostModel['fields'][number]) =>
    html`<input type="HIDDEN" name="${name}" value="${value}">`
  return html`<!DOCTYPE html>
<html lang="${context.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OIDC Form_Post Response</title>
<link rel="stylesheet" href="${context.resourcesPath}/forms.css">
<link rel="stylesheet" href="${context.resourcesPath}/login.css">
<script src="${context.resourcesPath}/form-post.js" defer></script>
</head>
<body>
<div class="page"><main class="card">
<form method="POST" action="${postUrl(model.action)}" data-send-now>
${model.fields.map(field)}
<noscript><p class="instruction">${context.text('saml.post-form.js-disabled')}</p><input class="button" type="SUBMIT" name="continue" value="CONTINUE"></noscript>
</form>
</main></div>
</body>
</html>
`.toString()
}
