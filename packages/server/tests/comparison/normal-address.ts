import { type Names, normalText } from './normal-value.ts'

/** An address, its parameters apart. */
export interface NormalAddress {
  readonly to: unknown
  readonly query?: Readonly<Record<string, unknown>>
  readonly fragment?: Readonly<Record<string, unknown>>
}

/** @param address absolute, or relative to the origin of the server */
export function normalAddress(address: string, names: Names): NormalAddress {
  const [front = '', hash] = address.split('#')
  const [to = '', search] = front.split('?')
  return {
    to: normalText(to.startsWith('/') ? `${names.origin}${to}` : to, names, ''),
    ...(search === undefined ? {} : { query: parameters(search, names) }),
    ...(hash === undefined ? {} : { fragment: parameters(hash, names) }),
  }
}

function parameters(text: string, names: Names): Record<string, unknown> {
  const pairs = [...new URLSearchParams(text)].map(([name, value]) => [
    name,
    normalText(value, names, name),
  ])
  return Object.fromEntries(pairs)
}
