/** Name and password of an `Authorization` header. */
export interface BasicCredentials {
  readonly username: string
  readonly password: string
}

/** @returns what a header says by the scheme Basic (RFC 7617 §2), names without characters left out; null without such */
export function basicCredentials(header: string | undefined): BasicCredentials | null {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+=*)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon <= 0) return null
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** @returns value of `WWW-Authenticate` that asks for name and password in a realm */
export function basicChallenge(realm: string): string {
  return `Basic realm="${realm.replaceAll(/["\\]/g, '')}"`
}
