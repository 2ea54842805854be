import type { ClientAnswer } from '../../../domains/flows/login-protocol.ts'
import type { ResponseType } from './response-type.ts'

/** OAuth 2.0 Multiple Response Type Encoding Practices §2.1, Form Post Response Mode §2. */
type PlainMode = 'query' | 'fragment' | 'form_post'
/** With `jwt`: JWT Secured Authorization Response Mode §2.3. */
export type ResponseMode = PlainMode | 'jwt' | `${PlainMode}.jwt`

export const responseModes: readonly ResponseMode[] = [
  'query',
  'fragment',
  'form_post',
  'query.jwt',
  'fragment.jwt',
  'form_post.jwt',
  'jwt',
]

/** Parameters of an answer, in the order in which they are sent. */
export type AnswerParameters = readonly (readonly [name: string, value: string])[]

/** @returns whether tokens travel through the browser */
export function isImplicitOrHybrid(type: ResponseType): boolean {
  return type.token || type.idToken
}

/** @returns how an answer travels, whatever it is wrapped in */
export function plainMode(mode: ResponseMode, type: ResponseType | undefined): PlainMode {
  if (mode === 'jwt') return type === undefined ? 'query' : defaultResponseMode(type)
  return mode.replace(/\.jwt$/, '') as PlainMode
}

/** @returns the mode of a request that names none */
export function defaultResponseMode(type: ResponseType): PlainMode {
  return isImplicitOrHybrid(type) ? 'fragment' : 'query'
}

/** Puts an answer on its way to the client. */
export function answerTo(
  redirectUri: string,
  mode: PlainMode,
  parameters: AnswerParameters,
): ClientAnswer {
  if (mode === 'form_post') return { kind: 'form-post', action: redirectUri, fields: parameters }
  const text = new URLSearchParams(
    parameters.map(([name, value]): [string, string] => [name, value]),
  ).toString()
  const [address = '', fragment] = splitOnce(redirectUri, '#')
  if (mode === 'fragment') {
    const before = fragment === undefined || fragment === '' ? '' : `${fragment}&`
    return { kind: 'redirect', location: `${address}#${before}${text}` }
  }
  const separator = address.includes('?') ? (/[?&]$/.test(address) ? '' : '&') : '?'
  const after = fragment === undefined ? '' : `#${fragment}`
  return { kind: 'redirect', location: `${address}${separator}${text}${after}` }
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
