import type { HttpAnswer } from '../harness/http-exchange.ts'
import { parseJson } from '../harness/json-comparison.ts'
import { type NormalAddress, normalAddress } from './normal-address.ts'
import { type NormalPage, normalPage } from './normal-page.ts'
import { type Names, normalText, normalValue } from './normal-value.ts'

/** An answer as it is compared and recorded: everything in it that a client may rely on. */
export interface NormalAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly location?: NormalAddress
  readonly cookies?: Readonly<Record<string, string>>
  readonly page?: NormalPage
  readonly body?: unknown
}

/** Headers that a client, browser or proxy acts on. */
const headersThatMatter = [
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-security-policy',
  'content-type',
  'dpop-nonce',
  'pragma',
  'referrer-policy',
  'retry-after',
  'strict-transport-security',
  'www-authenticate',
  'x-content-type-options',
  'x-frame-options',
  'x-robots-tag',
]
const bodyCharactersMax = 20_000

export function normalAnswer(answer: HttpAnswer, names: Names): NormalAnswer {
  const { location } = answer.headers
  return {
    status: answer.status,
    headers: headersOf(answer, names),
    ...(location === undefined ? {} : { location: normalAddress(location, names) }),
    ...(answer.setCookies.length === 0 ? {} : { cookies: cookiesOf(answer, names) }),
    ...contentOf(answer, names),
  }
}

function headersOf(answer: HttpAnswer, names: Names): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const name of headersThatMatter) {
    const value = answer.headers[name]
    if (value === undefined) continue
    const text = String(normalText(String(value), names, ''))
    found[name] = normalHeader(name, text)
  }
  return found
}

function normalHeader(name: string, text: string): string {
  if (name === 'content-type') return text.replace(/;\s*/g, ';').toLowerCase()
  // Lists in any order.
  if (name.startsWith('access-control-')) return text.split(/,\s*/).toSorted().join(', ')
  return text
}

/** Attributes by the cookie's name; long lifetimes in minutes, because a session has grown older meanwhile. */
function cookiesOf(answer: HttpAnswer, names: Names): Record<string, string> {
  const cookies = answer.setCookies.map((line): [string, string] => {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const lasting = attributes
      .filter((attribute) => !/^(?:version|expires)=/i.test(attribute))
      .map((attribute) =>
        attribute.replace(
          /^Max-Age=(\d{4,})$/,
          (_, age: string) => `Max-Age=${Math.round(Number(age) / 60)} min`,
        ),
      )
    return [
      pair.slice(0, pair.indexOf('=')),
      String(normalText(lasting.toSorted().join('; '), names, '')),
    ]
  })
  return Object.fromEntries(cookies.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function contentOf(answer: HttpAnswer, names: Names): Pick<NormalAnswer, 'page' | 'body'> {
  if (answer.body === '') return {}
  const type = String(answer.headers['content-type'] ?? '')
  if (type.startsWith('text/html')) return { page: normalPage(answer.body, names) }
  const json = parseJson(answer.body)
  const body = json === undefined ? answer.body.slice(0, bodyCharactersMax) : json
  return { body: normalValue(body, names) }
}
