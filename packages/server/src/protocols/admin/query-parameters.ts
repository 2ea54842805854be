import type { FastifyRequest } from 'fastify'
import { queryOf } from '../../http/query.ts'
import { notFound } from './admin-error.ts'

const whole = /^[+-]?\d{1,10}$/
const int32Max = 2_147_483_647

/** Query parameters of an Admin REST request, read as Keycloak's router reads them. */
export class QueryParameters {
  readonly #parameters: URLSearchParams

  constructor(request: FastifyRequest) {
    this.#parameters = queryOf(request)
  }

  /** @returns undefined when absent */
  text(name: string): string | undefined {
    return this.#parameters.get(name) ?? undefined
  }

  all(name: string): string[] {
    return this.#parameters.getAll(name)
  }

  /** @throws HttpError 404 for what is no 32-bit integer */
  integer(name: string): number | undefined {
    const text = this.#parameters.get(name)
    if (text === null) return undefined
    const value = Number(text)
    if (!whole.test(text) || Math.abs(value) > int32Max) throw notFound()
    return value
  }

  /** Everything but `true` is false. @returns undefined when absent */
  flag(name: string): boolean | undefined {
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
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text
}
