import { MetadataProblem } from '../../../domains/clients/client-metadata.ts'
import { clientShape } from '../../../domains/clients/client-schema.ts'
import { describedClient } from '../../../domains/clients/described-client.ts'
import { isTooDeep } from '../../../http/json-depth.ts'
import { badRequest } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { clientAnswer } from '../representations/client.ts'
import { checked, JsonText } from '../request-body.ts'

const descriptionBytesMax = 256 * 1024

/**
 * A description of a client becomes the representation that the console fills its form with: Keycloak's own JSON, or client
 * metadata. Descriptors of SAML are refused: nothing here speaks SAML yet.
 */
export function registerClientDescription(routes: AdminRoutes<object>): void {
  routes.add({
    method: 'POST',
    path: '/client-description-converter',
    may: anyOf(['manage-clients']),
    bodyBytesMax: descriptionBytesMax,
    answer: clientAnswer,
    handle: async ({ request: { body } }) => clientFrom(textOf(body).trim()),
  })
}

/** Whatever the media type says. */
function textOf(body: unknown): string {
  if (body instanceof JsonText) return body.text
  if (Buffer.isBuffer(body)) return body.toString('utf8')
  return typeof body === 'string' ? body : ''
}

/** @throws HttpError 400 */
function clientFrom(text: string): object {
  const unsupported = () => badRequest('Unsupported format')
  if (!text.startsWith('{') || !text.endsWith('}') || isTooDeep(text)) throw unsupported()
  if (text.includes('"clientId"')) return checked(text, clientShape) as object
  try {
    const client = describedClient(text)
    if (client) return client
  } catch (error) {
    if (error instanceof MetadataProblem) throw badRequest(error.code, error.message)
    if (!(error instanceof SyntaxError)) throw error
  }
  throw unsupported()
}
