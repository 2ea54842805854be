import type { Client } from '../../../domains/clients/client.ts'
import type { ClientRequest } from '../../../domains/flows/engine/client-request.ts'
import type { ReadRequestObject } from '../../../domains/policy-enforcement/policy-occasion.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { AuthorizationError } from './authorization-error.ts'
import { mustPush } from './pushed-authorization-requests.ts'

/** Parameters of a login under way that say how its request came. No request can set them. */
export const pushedAs = 'request_uri'
export const objectAs = 'request_object'

/** A request object, and how it came. */
export interface ReceivedObject extends ReadRequestObject {
  /** In the request itself, or at an address that the client had registered. */
  readonly form: 'request' | 'request_uri'
  /** JWS name of its signature; `none` where it has none. */
  readonly algorithm: string
}

/** Forms by the values of `request.object.required`, in Keycloak's words. */
const wantedForms: Readonly<Record<string, readonly ReceivedObject['form'][]>> = {
  'request only': ['request'],
  'request_uri only': ['request_uri'],
  'request or request_uri': ['request', 'request_uri'],
}

/** @param form undefined for a request without an object @returns whether the client may ask like that */
export function isWantedForm(client: Client, form: ReceivedObject['form'] | undefined): boolean {
  const required = client.representation.attributes?.['request.object.required'] ?? ''
  const wanted = Object.hasOwn(wantedForms, required) ? wantedForms[required] : undefined
  return wanted === undefined || (form !== undefined && wanted.includes(form))
}

/** @returns whether objects with this signature (or `none`) are those that the client signs */
export function isWantedSignature(client: Client, algorithm: string): boolean {
  const wanted = client.representation.attributes?.['request.object.signature.alg']
  return !wanted || wanted === 'any' || wanted === algorithm
}

/** @returns whether objects of this client have to be encrypted */
export function wantsEncryption(client: Client): boolean {
  const wanted = client.representation.attributes?.['request.object.encryption.alg']
  return Boolean(wanted) && wanted !== 'any'
}

/**
 * A login remembers how its request came, so that it can be asked again when the login is taken up: a pushed one is over with
 * the login, and its end has to know which one it was.
 * @param reference of the pushed request; null where there was none
 */
export function withForm(
  request: ClientRequest,
  reference: string | null,
  object: ReceivedObject | undefined,
): ClientRequest {
  const parameters: Record<string, string> = { ...request.parameters }
  if (reference !== null) parameters[pushedAs] = reference
  if (object !== undefined) {
    const words = [object.form, object.algorithm, ...(object.encrypted ? ['encrypted'] : [])]
    parameters[objectAs] = words.join(' ')
  }
  return { ...request, parameters }
}

/**
 * @returns what is wrong with the way in which the request of a login came, now that it goes on; null when the client may still
 *   ask like that. It is told to the client: its address was checked, and the browser is on its way there.
 */
export function formProblem(
  realm: Realm,
  client: Client,
  { parameters }: Pick<ClientRequest, 'parameters'>,
): AuthorizationError | null {
  if (mustPush(realm, client) && parameters[pushedAs] === undefined) {
    return new AuthorizationError('invalid_request', 'The request was not pushed')
  }
  const [form, algorithm = 'none', encrypted] = parameters[objectAs]?.split(' ') ?? []
  const good =
    isWantedForm(client, form as ReceivedObject['form'] | undefined) &&
    (form === undefined ||
      (isWantedSignature(client, algorithm) &&
        (encrypted !== undefined || !wantsEncryption(client))))
  return good
    ? null
    : new AuthorizationError('invalid_request', 'The request object is not as wanted')
}
