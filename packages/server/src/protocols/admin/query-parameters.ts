import type { FastifyRequest } from 'fastify'
import { queryOf } from '../../http/query.ts'
import { notFound } from './admin-error.ts'

const whole = /^[+-]?\d{1,10}$/
const int32Max = 2_147_483_647

/** How a query parameter is read. `texts` may come several times. */
type QueryKind = 'flag' | 'integer' | 'text' | 'texts'
export type QueryShape = Readonly<Record<string, QueryKind>>

/** `first` and `max`: which page of a list. */
export const paged = { first: 'integer', max: 'integer' } as const satisfies QueryShape

/** Query parameters of an Admin REST request, read as Keycloak's router reads them. */
export class QueryParameters {
  readonly #parameters: URLSearchParams
  readonly #shape: QueryShape | undefined

  /**
   * @param shape what the endpoint declares: nothing else is read
   * @throws HttpError 404 when a number that the endpoint declares is none
   */
  constructor(request: FastifyRequest, shape: QueryShape | undefined) {
    this.#parameters = queryOf(request)
    this.#shape = shape
    for (const [name, kind] of Object.entries(shape ?? {}))
      if (kind === 'integer') this.integer(name)
  }

  /** @returns undefined when absent */
  text(name: string): string | undefined {
    this.#requireDeclared(name, 'text')
    return this.#parameters.get(name) ?? undefined
  }

  all(name: string): string[] {
    this.#requireDeclared(name, 'texts')
    return this.#parameters.getAll(name)
  }

  /** An empty one counts as absent. @throws HttpError 404 for what is no 32-bit integer */
  integer(name: string): number | undefined {
    this.#requireDeclared(name, 'integer')
    const text = this.#parameters.get(name)
    if (text === null || text === '') return undefined
    const value = Number(text)
    if (!whole.test(text) || Math.abs(value) > int32Max) throw notFound()
    return value
  }

  /** Everything but `true` is false. @returns undefined when absent */
  flag(name: string): boolean | undefined {
    this.#requireDeclared(name, 'flag')
    const text = this.#parameters.get(name)
    return text === null ? undefined : text.toLowerCase() === 'true'
  }

  /** `first`, not below 0. */
  get first(): number {
    return Math.max(0, this.integer('first') ?? 0)
  }

  /** `max`; negative = all (undefined). @param fallback where it is absent */
  max(fallback?: number): number | undefined {
    const max = this.integer('max') ?? fallback
    return max === undefined || max < 0 ? undefined : max
  }

  /** `q=key:value key2:"value with spaces"`. */
  get attributes(): Record<string, string> {
    const found: Record<string, string> = {}
    const pair = /("[^"]*"|[^\s:"]+):("[^"]*"|[^\s"]+)/g
    for (const [, key, value] of (this.text('q') ?? '').matchAll(pair)) {
      found[unquoted(key ?? '')] = unquoted(value ?? '')
    }
    return found
  }

  #requireDeclared(name: string, kind: QueryKind): void {
    if (this.#shape === undefined || this.#shape[name] === kind) return
    throw new Error(`The endpoint does not declare its query parameter ${name} as ${kind}`)
  }
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text
}
