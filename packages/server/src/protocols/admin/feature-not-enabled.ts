import { HttpError } from '../../http/http-error.ts'

/** What Keycloak answers where a request is for a feature that is off. */
export function featureNotEnabled(): HttpError {
  return new HttpError(501, {
    error: 'Feature not enabled',
    error_description: 'For more on this error consult the server log.',
  })
}
