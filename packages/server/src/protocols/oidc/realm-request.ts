import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Realm } from '../../domains/realms/realm.ts'
import { HttpError } from '../../http/http-error.ts'
import { realmRefusal } from '../../login/realm-refusal.ts'
import { OAuthError } from './oauth-error.ts'
import type { OidcDeps } from './oidc-deps.ts'

/** @throws HttpError 404 for a realm that does not exist */
export async function realmOf(
  { realms }: Pick<OidcDeps, 'realms'>,
  request: FastifyRequest,
): Promise<Realm> {
  const { realm: name } = request.params as { realm?: string }
  const realm = name === undefined || name === '' ? null : await realms.byName(name)
  if (!realm) throw new HttpError(404, { error: 'Realm does not exist' })
  return realm
}

/**
 * @throws OAuthError 403 when the realm wants HTTPS from where this request comes, or is not enabled
 */
export function requireUsableRealm(
  { urls }: Pick<OidcDeps, 'urls'>,
  request: FastifyRequest,
  realm: Realm,
): void {
  const refusal = realmRefusal(realm, {
    secure: urls.isSecure(request),
    ipAddress: urls.clientAddress(request),
  })
  if (refusal === 'https-required') throw new OAuthError(403, 'invalid_request', 'HTTPS required')
  if (refusal !== null) throw new OAuthError(403, 'access_denied', 'Realm not enabled')
}

/** @returns the posted form; empty for any other body */
export function formOf(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
}

/**
 * @param repeatable parameters that an extension allows several of
 * @throws OAuthError 400: parameters must not be sent twice (RFC 6749 §3.2)
 */
export function refuseDuplicates(form: URLSearchParams, repeatable: readonly string[] = []): void {
  const names = new Set<string>()
  for (const name of form.keys()) {
    if (names.has(name) && !repeatable.includes(name))
      throw new OAuthError(400, 'invalid_request', 'duplicated parameter')
    names.add(name)
  }
}

/** Answers with tokens or about them are never stored by anybody (RFC 6749 §5.1). */
export function forbidStoring(reply: FastifyReply): void {
  reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
}
