import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

/** What a server says of its Admin REST at `/admin/openapi`. */
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly responses: {
    readonly '2XX': { readonly content?: Readonly<Record<string, { readonly schema: object }>> }
  }
}

interface Answer {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly status: number
  readonly contentType: string | null
  readonly body: unknown
}

/** Routes of one server, the more literal ones first. */
interface Route {
  readonly method: string
  readonly pattern: RegExp
  readonly literals: number
  readonly template: string
  readonly operation: Operation
}

const documentKey = 'admin'
const known = new Map<string, Promise<DeclaredAnswers | null>>()

/** Holds real answers against the schemas that the server's description declares for them. */
export class DeclaredAnswers {
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false })
  readonly #routes: readonly Route[]
  readonly #compiled = new Map<Route, ValidateFunction>()

  constructor(description: Description) {
    this.#ajv.addSchema(description, documentKey)
    const routes = Object.entries(description.paths).flatMap(([template, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        method: method.toUpperCase(),
        pattern: patternOf(template),
        literals: template.replace(/\{\w+\}/g, '').length,
        template,
        operation,
      })),
    )
    this.#routes = routes.toSorted((a, b) => b.literals - a.literals)
  }

  /** @returns the description of a server, read once; null where it is served to nobody */
  static of(origin: string, token: string): Promise<DeclaredAnswers | null> {
    const present = known.get(origin)
    if (present !== undefined) return present
    const read = async () => {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await fetch(`${origin}/admin/openapi`, { headers })
      if (answer.status === 401) known.delete(origin)
      return answer.ok ? new DeclaredAnswers((await answer.json()) as Description) : null
    }
    const loading = read().catch(() => null)
    known.set(origin, loading)
    return loading
  }

  /** @throws when a good answer is not what its endpoint declares */
  check({ method, path, status, contentType, body }: Answer): void {
    if (status < 200 || status > 299) return
    const [bare = ''] = path.split('?', 1)
    const route = this.#routes.find((one) => one.method === method && one.pattern.test(bare))
    if (route === undefined) return
    const { content } = route.operation.responses['2XX']
    if (content === undefined) {
      if (body === null) return
      throw new Error(`${method} ${route.template} declares no answer and gives ${shortly(body)}`)
    }
    if (body === null || !contentType?.startsWith('application/json')) return
    const validate = this.#validator(route)
    if (validate(body)) return
    const errors = (validate.errors ?? [])
      .map(({ instancePath, message, params }) => `${instancePath} ${message} ${shortly(params)}`)
      .join('; ')
    throw new Error(`${method} ${route.template} answers other than declared: ${errors}`)
  }

  #validator(route: Route): ValidateFunction {
    const present = this.#compiled.get(route)
    if (present !== undefined) return present
    const parts = [
      'paths',
      route.template,
      route.method.toLowerCase(),
      'responses',
      '2XX',
      'content',
      'application/json',
      'schema',
    ]
    const pointer = parts
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/')
    const validate = this.#ajv.compile({ $ref: `${documentKey}#/${pointer}` })
    this.#compiled.set(route, validate)
    return validate
  }
}

function patternOf(template: string): RegExp {
  const pattern = template
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_, name: string) => (name === 'path' ? '.+' : '[^/]+'))
  return new RegExp(`^${pattern}/?$`)
}

function shortly(value: unknown): string {
  return JSON.stringify(value).slice(0, 200)
}
