import { checkbox, submitButton } from '../fields.ts'
import type { Html } from '../html.ts'
import type { PageContext } from '../page-context.ts'
import type { RequiredActionModel } from './required-action-models.ts'

/** The button that ends an action which the application asked for (`kc_action`). */
export function cancelButton(
  context: PageContext,
  model: RequiredActionModel,
  id?: string,
): Html | false {
  return (
    model.cancellable === true &&
    submitButton(context.text('doCancel'), {
      ...(id === undefined ? {} : { id }),
      name: 'cancel-aia',
      value: 'true',
      secondary: true,
      noValidate: true,
    })
  )
}

/** The box that ends the user's other sessions. */
export function logoutSessionsBox(context: PageContext, checked: boolean | undefined): Html {
  return checkbox('logout-sessions', context.text('logoutOtherSessions'), checked ?? true)
}
