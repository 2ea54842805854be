/** What a `response_type` asks for (OAuth 2.0 Multiple Response Types §3, §4, §5). */
export interface ResponseType {
  readonly code: boolean
  readonly token: boolean
  readonly idToken: boolean
  readonly none: boolean
}

const known = new Set(['code', 'token', 'id_token', 'none'])

/** @returns undefined for anything but a combination of known values; `none` stands alone */
export function parseResponseType(text: string): ResponseType | undefined {
  const values = text.split(' ').filter((value) => value !== '')
  const distinct = new Set(values)
  if (values.length === 0 || distinct.size !== values.length) return undefined
  if (values.some((value) => !known.has(value))) return undefined
  const none = distinct.has('none')
  if (none && distinct.size > 1) return undefined
  return {
    code: distinct.has('code'),
    token: distinct.has('token'),
    idToken: distinct.has('id_token'),
    none,
  }
}
