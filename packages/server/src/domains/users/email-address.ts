/** Longest part before the `@` (RFC 5321, 4.5.3.1.1). */
const localCharactersMax = 64
const domainCharactersMax = 255

const word = /^[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\uFFFF-]+$/i
const quoted = /^"(?:[a-z0-9!#$%&'*.(),<>[\]:; @+/=?^_`{|}~\u0080-\uFFFF-]|\\[\\"])+"$/i
const label =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\uFFFF](?:[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\uFFFF-]*[a-z0-9!#$%&'*+/=?^_`{|}~\u0080-\uFFFF])?$/i
const literal = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[\da-f:.]{2,45})\]$/i

/**
 * The rule of Keycloak's validator `email`, which is more generous than any mail server.
 * @param localMax longest part before the `@`
 */
export function isEmailAddress(value: string, localMax = localCharactersMax): boolean {
  const at = value.lastIndexOf('@')
  if (at < 1) return false
  const local = value.slice(0, at)
  const domain = value.slice(at + 1)
  if (local.length > localMax || domain.length > domainCharactersMax) return false
  if (!quoted.test(local) && !local.split('.').every((part) => word.test(part))) return false
  return literal.test(domain) || domain.split('.').every((part) => label.test(part))
}
