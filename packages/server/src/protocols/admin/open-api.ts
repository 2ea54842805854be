import { type ZodType, z } from 'zod'
import { exportFormatVersion } from '../../domains/transfer/representation.ts'
import type { AdminRoute, AdminRoutes, ServerRoute } from './admin-routes.ts'

type Described = Pick<
  AdminRoute<unknown> & ServerRoute<unknown>,
  'answer' | 'body' | 'method' | 'query'
> &
  Partial<Pick<AdminRoute<unknown>, 'event'>> & { readonly roles: readonly string[] }

/** Registers `GET /admin/openapi`: the description of all endpoints that are in the list by the time it is asked for. */
export function registerOpenApi(routes: AdminRoutes): void {
  let document: unknown
  routes.addToServer({
    method: 'GET',
    path: '/openapi',
    handle: async () => {
      document ??= openApiOf(routes)
      return document
    },
  })
}

/** @returns every endpoint as an OpenAPI 3.1 document */
export function openApiOf({ ofRealms, ofServer }: AdminRoutes) {
  const paths: Record<string, Record<string, unknown>> = {}
  const add = (path: string, route: Described) => {
    const url = `/admin${path}`.replace(/:(\w+)/g, '{$1}').replace('*', '{path}')
    paths[url] = { ...paths[url], [route.method.toLowerCase()]: operation(url, route) }
  }
  for (const route of ofServer) add(route.path, { ...route, roles: [] })
  for (const route of ofRealms) {
    add(`/realms/:realm${route.path}`, { ...route, roles: route.may.roles })
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Admin REST', version: exportFormatVersion },
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    security: [{ bearer: [] }],
  }
}

function operation(url: string, { method, body, query, answer, event, roles }: Described) {
  const inPath = [...url.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return {
    operationId: operationId(method, url),
    parameters: [...inPath, ...(query ? queryParameters(query) : [])],
    ...(body ? { requestBody: content(body.schema, 'input') } : {}),
    responses: responses(answer),
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

function responses(answer: ZodType | undefined) {
  const refusal = (description: string) => ({ description })
  return {
    '2XX': answer ? { description: 'Done', ...content(answer, 'output') } : refusal('Done'),
    '400': refusal('The request is wrong'),
    '401': refusal('No valid token'),
    '403': refusal('Not allowed'),
    '404': refusal('Nothing there'),
    '409': refusal('Taken already'),
  }
}

function content(schema: ZodType, io: 'input' | 'output') {
  return { content: { 'application/json': { schema: jsonSchema(schema, io) } } }
}

function jsonSchema(schema: ZodType, io: 'input' | 'output') {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return described
}

function queryParameters(query: ZodType) {
  const { properties = {} } = jsonSchema(query, 'input') as { properties?: object }
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }))
}
