import { PasswordRejected } from '../../domains/credentials/password/password-rejected.ts'
import { ModelError } from '../../domains/realms/model-error.ts'
import { ProfileRejected } from '../../domains/users/profile-validation.ts'
import { HttpError } from '../../http/http-error.ts'
import type { Messages } from '../../pages/messages/messages.ts'

/** Without a valid bearer token. */
export const unauthorized = () => new HttpError(401, { error: 'HTTP 401 Unauthorized' })
/** A valid token whose user may not do this. */
export const forbidden = () => new HttpError(403, { error: 'HTTP 403 Forbidden' })
/** Also for query parameters that do not parse: Keycloak's router takes them as another path. */
export const notFound = (error = 'HTTP 404 Not Found') => new HttpError(404, { error })
/** 404 with nothing in it. */
export const nothingThere = () => new HttpError(404, undefined)
/** `{"error": …}` with 400. */
export const badRequest = (error: string, description?: string) =>
  new HttpError(
    400,
    description === undefined ? { error } : { error, error_description: description },
  )
/** `{"errorMessage": …}`, the shape of most refusals. */
export const refused = (status: 400 | 404 | 409, errorMessage: string) =>
  new HttpError(status, { errorMessage })
/** What Keycloak answers where a unique index refuses an update. */
export const duplicateResource = () =>
  new HttpError(409, { error: 'conflict', error_description: 'Duplicate resource error' })

/**
 * @param texts in the language of whoever asks
 * @returns the answer for what a domain refused: by the model `duplicate` 409, `missing` 404, `invalid` and `input` 400; by the user
 * profile 400 with one error, or `errors` with several; by the password policy 400 with its message
 */
export function answerForModel(error: unknown, texts: () => Messages): unknown {
  if (error instanceof ProfileRejected) {
    const { errors } = error
    return new HttpError(400, errors.length === 1 ? errors[0] : { errors })
  }
  if (error instanceof PasswordRejected) {
    const { key, params } = error.violation
    return badRequest(key, texts().text(key, ...params.map(String)))
  }
  if (!(error instanceof ModelError)) return error
  if (error.reason === 'duplicate') return refused(409, error.message)
  if (error.reason === 'conflict') return duplicateResource()
  if (error.reason === 'missing') return notFound(error.message)
  if (error.reason === 'input') return badRequest('invalid_input', error.message)
  return refused(400, error.message)
}
