import { checkbox, submitButton } from '../fields.ts'
import { type Html, html } from '../html.ts'
import type { PageContext } from '../page-context.ts'
import type { RequiredActionModel, WaitingModel } from './required-action-models.ts'

/** The button that ends an action which the application asked for (`kc_action`). */
export function cancelButton(
  context: PageContext,
  model: RequiredActionModel,
  id?: string,
  value: string | null = 'true',
): Html | false {
  return (
    model.cancellable === true &&
    submitButton(context.text('doCancel'), {
      ...(id === undefined ? {} : { id }),
      name: 'cancel-aia',
      ...(value === null ? {} : { value }),
      secondary: true,
      noValidate: true,
    })
  )
}

/** The box that ends the user's other sessions. */
export function logoutSessionsBox(context: PageContext, checked: boolean | undefined): Html {
  return checkbox('logout-sessions', context.text('logoutOtherSessions'), checked ?? true)
}

/** @returns what `awaited.js` reads on a page that waits for something that happens elsewhere */
export function waitingPlace({ awaitedUrl, continueUrl }: WaitingModel): Html | undefined {
  if (awaitedUrl === undefined) return undefined
  return html`<div id="kc-awaited" data-awaited="${awaitedUrl}" data-next="${continueUrl}"></div>`
}
