import { type ZodType, z } from 'zod'
import { exportFormatVersion } from '../../domains/transfer/representation.ts'
import type { AdminRoute, AdminRoutes, ServerRoute } from './admin-routes.ts'
import type { QueryShape } from './query-parameters.ts'
import { anyMembers } from './representations/answer.ts'

type Described = Pick<
  AdminRoute<unknown> & ServerRoute<unknown>,
  'answer' | 'body' | 'method' | 'query'
> &
  Partial<Pick<AdminRoute<unknown>, 'event'>> & { readonly roles: readonly string[] }

type JsonSchema = Readonly<Record<string, unknown>>
/** Schemas that the document describes once, by name. */
type Schemas = Map<string, JsonSchema>

/** Registers `GET /admin/openapi`: the description of all endpoints that are in the list by the time it is asked for. */
export function registerOpenApi(routes: AdminRoutes): void {
  let document: unknown
  routes.addToServer({
    method: 'GET',
    path: '/openapi',
    answer: anyMembers,
    handle: async () => {
      document ??= openApiOf(routes)
      return document
    },
  })
}

/** @returns every endpoint as an OpenAPI 3.1 document */
export function openApiOf({ ofRealms, ofServer }: AdminRoutes) {
  const paths: Record<string, Record<string, unknown>> = {}
  const schemas: Schemas = new Map()
  const add = (path: string, route: Described) => {
    const url = `/admin${path}`.replace(/:(\w+)/g, '{$1}').replace('*', '{path}')
    paths[url] = { ...paths[url], [route.method.toLowerCase()]: operation(url, route, schemas) }
  }
  for (const route of ofServer) add(route.path, { ...route, roles: [] })
  for (const route of ofRealms) {
    add(`/realms/:realm${route.path}`, { ...route, roles: route.may.roles })
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Admin REST', version: exportFormatVersion },
    paths,
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ bearer: [] }],
  }
}

function operation(
  url: string,
  { method, body, query = {}, answer, event, roles }: Described,
  schemas: Schemas,
) {
  const inPath = [...url.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return {
    operationId: operationId(method, url),
    parameters: [...inPath, ...queryParameters(query)],
    ...(body ? { requestBody: content(jsonSchema(body.schema, 'input')) } : {}),
    responses: responses(answer, schemas),
    ...(roles.length > 0 ? { 'x-roles': roles } : {}),
    ...(event
      ? { 'x-admin-event': { operation: event.operation, resource: event.resourceType } }
      : {}),
  }
}

/** @returns a name for each operation: its method and the words of its path */
function operationId(method: string, url: string): string {
  const words = url
    .replace(/\{(\w+)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word, at) => word !== '' && !(at === 1 && word === 'admin'))
  const capital = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
  return `${method.toLowerCase()}${capital.join('')}`
}

function responses(answer: ZodType | undefined, schemas: Schemas) {
  const refusal = (description: string) => ({ description })
  return {
    '2XX': { description: 'Done', ...(answer ? answerContent(answer, schemas) : {}) },
    '400': refusal('The request is wrong'),
    '401': refusal('No valid token'),
    '403': refusal('Not allowed'),
    '404': refusal('Nothing there'),
    '409': refusal('Taken already'),
  }
}

function answerContent(answer: ZodType, schemas: Schemas) {
  const schema = jsonSchema(answer, 'output')
  const { contentMediaType = 'application/json' } = schema
  return content(once(schema, schemas) as JsonSchema, String(contentMediaType))
}

/** @returns the schema with references in the place of everything that has a name, which is described apart */
function once(schema: unknown, schemas: Schemas): unknown {
  if (Array.isArray(schema)) return schema.map((one) => once(one, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  const { title, ...own } = schema as JsonSchema
  const members = Object.entries(own).map(([name, member]) => [name, once(member, schemas)])
  const described: JsonSchema = Object.fromEntries(members)
  if (typeof title !== 'string')
    return { ...described, ...(title === undefined ? {} : { title: once(title, schemas) }) }
  const known = schemas.get(title)
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(described)) return described
  schemas.set(title, described)
  return { $ref: `#/components/schemas/${title}` }
}

function content(schema: JsonSchema, mediaType = 'application/json') {
  return { content: { [mediaType]: { schema } } }
}

function jsonSchema(schema: ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return described
}

const querySchemas = {
  flag: { type: 'boolean' },
  integer: { type: 'integer', format: 'int32' },
  text: { type: 'string' },
  texts: { type: 'array', items: { type: 'string' } },
} as const

function queryParameters(query: QueryShape) {
  return Object.entries(query).map(([name, kind]) => ({
    name,
    in: 'query',
    schema: querySchemas[kind],
  }))
}
