import { ModelError } from '../../domains/realms/model-error.ts'
import { HttpError } from '../../http/http-error.ts'

/** Without a valid bearer token. */
export const unauthorized = () => new HttpError(401, { error: 'HTTP 401 Unauthorized' })
/** A valid token whose user may not do this. */
export const forbidden = () => new HttpError(403, { error: 'HTTP 403 Forbidden' })
/** Also for query parameters that do not parse: Keycloak's router takes them as another path. */
export const notFound = (error = 'HTTP 404 Not Found') => new HttpError(404, { error })
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

/** @returns the answer for what the model refused: `duplicate` 409, `missing` 404, `invalid` 400 */
export function answerForModel(error: unknown): unknown {
  if (!(error instanceof ModelError)) return error
  if (error.reason === 'duplicate') return refused(409, error.message)
  if (error.reason === 'missing') return notFound(error.message)
  return refused(400, error.message)
}
