import { z } from 'zod'
import { administrationRoleNames } from '../../domains/administration/administration-roles.ts'
import { type GivenWorkflow, workflowRepresentation } from '../../domains/components/workflow.ts'
import type { Component } from '../../domains/realms/realm.ts'
import { HttpError } from '../../http/http-error.ts'
import { created } from './admin-answer.ts'
import type { AdminCall } from './admin-call.ts'
import type { AdminDeps } from './admin-deps.ts'
import { badRequest, notFound } from './admin-error.ts'
import type { AdminRoutes } from './admin-routes.ts'
import { anyOfWhere } from './permission.ts'
import { paged } from './query-parameters.ts'
import { anyMembers, listOf } from './representations/answer.ts'
import { JsonText } from './request-body.ts'

type Deps = Pick<AdminDeps, 'log' | 'users' | 'workflows'>

/** Who may do everything in a realm: steps may do what no single role allows. */
const may = anyOfWhere(
  ['realm-admin', 'manage-realm'],
  ({ permissions }) =>
    permissions.holdsAny(['realm-admin']) ||
    administrationRoleNames.every((role) => permissions.holdsAny([role])),
)
const path = '/workflows/:workflowId'
const pageMax = 10
const resourceTypes: ReadonlySet<string> = new Set(['USERS', 'CLIENTS'])

const text = z.coerce.string()
const texts = z.record(z.string(), z.union([z.array(text), text]))
const step = z.looseObject({
  uses: z.string().nullish(),
  after: text.nullish(),
  with: texts.nullish(),
})
const workflow = z.looseObject({
  name: z.string().nullish(),
  enabled: z.boolean().nullish(),
  on: z.string().nullish(),
  if: z.string().nullish(),
  concurrency: z.record(z.string(), text).nullish(),
  schedule: z.record(z.string(), text).nullish(),
  steps: z.array(step).nullish(),
})

/** `/workflows`, as YAML for whoever does not ask for JSON. They are kept and given back; nothing runs them. */
export function registerWorkflows(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/workflows',
    may,
    takesYaml: true,
    query: { ...paged, search: 'text', exact: 'flag' },
    answer: listOf(anyMembers),
    handle: async (call) => {
      const { query, realm } = call
      const search = query.text('search')?.toLowerCase()
      const exact = query.flag('exact') ?? false
      const found = deps.workflows.list(realm).filter(({ name = '' }) => {
        if (search === undefined) return true
        return exact ? name.toLowerCase() === search : name.toLowerCase().includes(search)
      })
      const end = query.max(pageMax)
      const page = found.slice(query.first, end === undefined ? undefined : query.first + end)
      const shown = page.map((one) => workflowRepresentation(one, realm.components, true))
      return await answer(call, shown)
    },
  })
  routes.add({
    method: 'POST',
    path: '/workflows',
    may,
    takesYaml: true,
    handle: async (call) => {
      const given = await givenWorkflow(call)
      const id = await deps.workflows.create(call.realm, given)
      tellIdle(deps, call, given)
      return created(call.reply, `${call.realmUrl}/workflows/${id}`)
    },
  })
  registerWorkflow(routes, deps)
  registerRuns(routes, deps)
}

function registerWorkflow(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path,
    may,
    takesYaml: true,
    query: { includeId: 'flag' },
    answer: anyMembers,
    handle: async (call) => {
      const found = requireWorkflow(deps, call, call.params['workflowId'])
      const withIds = call.query.flag('includeId') ?? true
      return await answer(call, workflowRepresentation(found, call.realm.components, withIds))
    },
  })
  routes.add({
    method: 'PUT',
    path,
    may,
    takesYaml: true,
    handle: async (call) => {
      const { id } = requireWorkflow(deps, call, call.params['workflowId'])
      const given = await givenWorkflow(call)
      await deps.workflows.replace(call.realm, id, given)
      tellIdle(deps, call, given)
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may,
    takesYaml: true,
    handle: async (call) => {
      const { id } = requireWorkflow(deps, call, call.params['workflowId'])
      await deps.workflows.remove(call.realm, id)
    },
  })
}

/** What starts, ends or tells of running workflows: there are none. */
function registerRuns(routes: AdminRoutes<Deps>, deps: Deps): void {
  for (const verb of ['activate', 'deactivate']) {
    routes.add({
      method: 'POST',
      path: `${path}/${verb}/:resourceType/:resourceId`,
      may,
      takesYaml: true,
      query: { notBefore: 'text' },
      handle: async (call) => {
        requireWorkflow(deps, call, call.params['workflowId'])
        const { resourceType = '', resourceId = '' } = call.params
        if (!resourceTypes.has(resourceType)) throw notFound()
        if (resourceType === 'USERS' && !(await deps.users.fresh(call.realm.id, resourceId))) {
          throw badRequest(`Resource with id ${resourceId} not found`)
        }
        throw notRun()
      },
    })
  }
  routes.add({
    method: 'POST',
    path: '/workflows/migrate',
    may,
    takesYaml: true,
    query: { from: 'text', to: 'text' },
    handle: async (call) => {
      for (const end of ['from', 'to']) requireStep(call, call.query.text(end) ?? '')
      throw notRun()
    },
  })
  routes.add({
    method: 'GET',
    path: '/workflows/scheduled/:resourceId',
    may,
    takesYaml: true,
    answer: listOf(anyMembers),
    handle: async (call) => await answer(call, []),
  })
}

function requireWorkflow(deps: Deps, { realm }: AdminCall<unknown, Deps>, id = ''): Component {
  const found = deps.workflows.byId(realm, id)
  if (!found) throw badRequest(`Not a valid workflow resource: ${id}`)
  return found
}

function requireStep({ realm }: AdminCall<unknown, Deps>, id: string): void {
  if (realm.components.some((one) => one.id === id)) return
  throw badRequest(`Not a valid workflow resource: ${id}`)
}

function notRun(): HttpError {
  return new HttpError(501, { errorMessage: 'Workflows are configuration only: nothing runs them' })
}

function tellIdle(
  { log }: Deps,
  { realm }: AdminCall<unknown, Deps>,
  { name }: GivenWorkflow,
): void {
  log.warn(`Realm ${realm.name}: workflow ${name} is configuration only: nothing runs it`)
}

/** JSON is YAML too. @throws HttpError 400 for a body that is no workflow */
async function givenWorkflow({
  request: { body },
}: AdminCall<unknown, Deps>): Promise<GivenWorkflow> {
  const source = body instanceof JsonText ? body.text : typeof body === 'string' ? body : ''
  const { parse } = await import('yaml')
  let value: unknown
  try {
    value = parse(source, { maxAliasCount: 0 })
  } catch {
    throw badRequest('unknown_error', 'Cannot parse the JSON')
  }
  const read = workflow.safeParse(value)
  if (!read.success) throw badRequest('unknown_error', 'Cannot parse the JSON')
  const { name, enabled, on, if: condition, concurrency, schedule, steps } = read.data
  return {
    name: name ?? undefined,
    enabled: enabled ?? undefined,
    on: on ?? undefined,
    if: condition ?? undefined,
    concurrency: concurrency ?? undefined,
    schedule: schedule ?? undefined,
    steps: steps?.map(({ uses, after, with: settings }) => ({
      uses: uses ?? undefined,
      after: after ?? undefined,
      with: settings ?? undefined,
    })),
  }
}

/** @returns the value for whoever takes JSON by name; sends it as YAML to everybody else */
async function answer(
  { request, reply }: AdminCall<unknown, Deps>,
  value: unknown,
): Promise<unknown> {
  if (/application\/json/i.test(request.headers.accept ?? '')) return value
  const { stringify } = await import('yaml')
  const options = {
    schema: 'yaml-1.1',
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    indentSeq: false,
    lineWidth: 0,
  } as const
  return reply
    .header('cache-control', 'no-cache')
    .type('application/yaml;charset=UTF-8')
    .send(`---\n${stringify(value, options)}`)
}
