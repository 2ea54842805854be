/** A double slash, a parameter of a segment, or a segment `.` or `..`, however it is written (RFC 3986 §6.2.2.3). */
const notNormalized = /\/\/|;|\/(?:\.|%2e){1,2}(?=\/|$)/i

/** What Keycloak answers to such a path, with 400. */
export const notNormalizedAnswer =
  '{"error":"missingNormalization","error_description":"Request path not normalized"}'

/** @returns whether the path means what it says: servers and proxies read others differently */
export function isNormalized(url: string): boolean {
  const end = url.indexOf('?')
  return !notNormalized.test(end < 0 ? url : url.slice(0, end))
}
