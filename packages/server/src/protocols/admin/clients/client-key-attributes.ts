import type { Client } from '../../../domains/clients/client.ts'
import type { ClientCertificate } from '../../../domains/clients/client-certificate.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'

type Deps = Pick<AdminDeps, 'clientLifecycle'>

/** Where the keys of a client are, below its realm. */
export const certificatesPath = '/clients/:clientUuid/certificates/:attribute'
/** Prefixes of attributes that a key may be kept under. */
const attributeShape = /^[A-Za-z0-9._-]{1,100}$/

/** @returns `jwt.credential`, `saml.signing`, …: what the path names. @throws HttpError 400 */
export function keyPrefix({ params }: Pick<AdminCall<unknown, Deps>, 'params'>): string {
  const prefix = params['attribute'] ?? ''
  if (!attributeShape.test(prefix)) throw badRequest('The name of the attribute is not usable')
  return prefix
}

/** A certificate takes the place of a private key that belonged to another. */
export function keyAttributes(prefix: string, { certificate, privateKey }: ClientCertificate) {
  return {
    [`${prefix}.certificate`]: certificate,
    [`${prefix}.private.key`]: privateKey ?? '',
    [`${prefix}.public.key`]: '',
  }
}

/** Changes attributes of a client, with the event of the route; an attribute without a text goes. */
export async function keepAttributes(
  call: AdminCall<unknown, Deps>,
  id: string,
  changed: Readonly<Record<string, string>>,
): Promise<void> {
  const change = (client: Client): Client => {
    const merged = Object.entries({ ...client.representation.attributes, ...changed })
    const attributes = Object.fromEntries(merged.filter(([, text]) => text !== ''))
    return { ...client, representation: { ...client.representation, attributes } }
  }
  await call.deps.clientLifecycle.change(call.realm, id, change, await call.ownTrace())
}
