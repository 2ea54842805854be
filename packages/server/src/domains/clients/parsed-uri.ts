/** The components of a URI (RFC 3986 §3), as they were written. */
export interface ParsedUri {
  /** Absent in a relative reference. */
  readonly scheme: string | undefined
  /** Absent where no `//` names one. */
  readonly authority: string | undefined
  /** `user:password` before the `@` of the authority. */
  readonly userInfo: string | undefined
  readonly path: string
  /** With its `?`; empty when there is none. */
  readonly query: string
  /** With its `#`; empty when there is none. */
  readonly fragment: string
}

/** Longest URI, in characters, that is looked at. */
const uriLengthMax = 4_000

/** RFC 3986 §2, and what is not ASCII in paths, queries and fragments, which clients write unencoded. */
const uriCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%\u00a1-\u{10ffff}]+$/u
const pathCharacters = /^[^[\]]*$/
const halfEncoded = /%(?![0-9A-Fa-f]{2})/
/** Blanks of every alphabet, invisible characters, and halves of surrogate pairs. */
const unseen = /[\p{Z}\p{C}]/u
/** Names of any kind (RFC 3986 §3.2.2, `reg-name`) with a user and a port, or an IPv6 address. */
const authorityShape =
  /^(?:[A-Za-z0-9\-._~!$&'()*+,;=%:@]*|(?:[A-Za-z0-9\-._~!$&'()*+,;=%:]*@)?\[[0-9A-Fa-f:.]+\](?::\d*)?)$/u

/**
 * Takes a URI apart as RFC 3986 appendix B does, and refuses what is none: blanks, control characters, half an encoded
 * character, brackets outside of the host, a second `#`.
 * @returns undefined for what is no URI or URI reference
 */
export function parseUri(text: string): ParsedUri | undefined {
  if (text.length > uriLengthMax || halfEncoded.test(text)) return undefined
  if (!uriCharacters.test(text) || unseen.test(text)) return undefined
  const match =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#[^#]*)?$/.exec(text)
  if (!match) return undefined
  const [, scheme, authority, path = '', query = '', fragment = ''] = match
  if (authority !== undefined && !authorityShape.test(authority)) return undefined
  if (!pathCharacters.test(path) || (authority === '' && path === '')) return undefined
  if (scheme !== undefined && authority === undefined && path === '') return undefined
  // `a:b/c` without a scheme before it: RFC 3986 §4.2 wants `./a:b` for that.
  if (scheme === undefined && authority === undefined && /^[^/]*:/.test(path)) return undefined
  const at = authority?.lastIndexOf('@') ?? -1
  const userInfo = at < 0 ? undefined : authority?.slice(0, at)
  return { scheme, authority, userInfo, path, query, fragment }
}

/** @returns the same URI in ASCII: what is not, percent-encoded as UTF-8 */
export function asciiUri(uri: string): string {
  return uri.replace(/\P{ASCII}+/gu, encodeURIComponent)
}
