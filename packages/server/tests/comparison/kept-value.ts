import { HOTP, Secret } from 'otpauth'
import { parseForms } from '../harness/html-page.ts'
import type { HttpAnswer } from '../harness/http-exchange.ts'
import { parseJson } from '../harness/json-comparison.ts'

/**
 * Reads a value for later steps from an answer.
 * @param place `location`, `redirect.<parameter>`, `body`, `body.<member>…`, or `hotp.<control of a page>`
 * @throws when there is none: the answer is not what the scenario needs to go on
 */
export function keptValue(answer: HttpAnswer, place: string, step: string): string {
  const [source, ...path] = place.split('.')
  if (source === 'hotp') return firstCode(answer.body, path.join('.'))
  const value =
    source === 'body'
      ? path.length === 0
        ? answer.body
        : memberOf(parseJson(answer.body), path)
      : fromLocation(answer.headers.location ?? '', source ?? '', path.join('.'))
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new Error(`${step}: no ${place} in ${answer.status} ${answer.body.slice(0, 500)}`)
}

/** The first one-time code of the secret that a control of a page holds. */
function firstCode(html: string, control: string): string {
  const controls = parseForms(html).flatMap((form) => form.controls)
  const value = controls.find(({ name }) => name === control)?.value ?? ''
  const secret = Secret.fromUTF8(value)
  return HOTP.generate({ secret, counter: 0 })
}

function fromLocation(location: string, source: string, parameter: string): string | undefined {
  if (location === '') return undefined
  if (source === 'location') return location.split('/').at(-1)
  const url = new URL(location, 'http://nowhere.invalid')
  const fragment = new URLSearchParams(url.hash.slice(1))
  return url.searchParams.get(parameter) ?? fragment.get(parameter) ?? undefined
}

/** `0` is an element's place, `name=admin` the element whose member has that value. */
function memberOf(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (found === null || typeof found !== 'object') return undefined
    const [member, wanted] = name.split('=')
    found =
      Array.isArray(found) && member !== undefined && wanted !== undefined
        ? found.find((element: Record<string, unknown>) => element[member] === wanted)
        : (found as Record<string, unknown>)[name]
  }
  return found
}
