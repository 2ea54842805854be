import { z } from 'zod'
import {
  type GivenWorkflow,
  interruptionNames,
  workflowNameOf,
  workflowRepresentation,
} from '../../domains/workflows/workflow.ts'
import { created } from './admin-answer.ts'
import type { AdminCall } from './admin-call.ts'
import type { AdminDeps } from './admin-deps.ts'
import { badRequest } from './admin-error.ts'
import type { AdminRoutes } from './admin-routes.ts'
import { paged } from './query-parameters.ts'
import { anyMembers, listOf } from './representations/answer.ts'
import { JsonText } from './request-body.ts'
import {
  mayHandleWorkflows as may,
  requireWorkflow,
  workflowAnswer,
  workflowPath,
} from './workflow-answer.ts'
import { registerWorkflowRuns } from './workflow-runs-resource.ts'

type Deps = Pick<AdminDeps, 'clients' | 'users' | 'workflowRunner' | 'workflowRuns' | 'workflows'>

const pageMax = 10
/** A workflow has at most a hundred steps. */
const jsonCharactersMax = 1_048_576
const yamlCharactersMax = 65_536

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
  concurrency: z.record(z.string(), text.nullish()).nullish(),
  schedule: z.record(z.string(), text.nullish()).nullish(),
  steps: z.array(step).nullish(),
})

/** `/workflows`, as YAML for whoever does not ask for JSON. */
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
      const found = deps.workflows.list(realm).filter((one) => {
        const name = workflowNameOf(one) ?? ''
        if (search === undefined) return true
        return exact ? name.toLowerCase() === search : name.toLowerCase().includes(search)
      })
      const end = query.max(pageMax)
      const page = found.slice(query.first, end === undefined ? undefined : query.first + end)
      const shown = page.map((one) => workflowRepresentation(one, realm.components, true))
      return await workflowAnswer(call, shown)
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
      return created(call.reply, `${call.realmUrl}/workflows/${id}`)
    },
  })
  registerWorkflow(routes, deps)
  registerWorkflowRuns(routes, deps)
}

function registerWorkflow(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: workflowPath,
    may,
    takesYaml: true,
    query: { includeId: 'flag' },
    answer: anyMembers,
    handle: async (call) => {
      const found = requireWorkflow(deps, call, call.params['workflowId'])
      const withIds = call.query.flag('includeId') ?? true
      return await workflowAnswer(
        call,
        workflowRepresentation(found, call.realm.components, withIds),
      )
    },
  })
  routes.add({
    method: 'PUT',
    path: workflowPath,
    may,
    takesYaml: true,
    handle: async (call) => {
      const { id } = requireWorkflow(deps, call, call.params['workflowId'])
      const given = await givenWorkflow(call)
      await deps.workflows.replace(call.realm, id, given)
    },
  })
  routes.add({
    method: 'DELETE',
    path: workflowPath,
    may,
    takesYaml: true,
    handle: async (call) => {
      const { id } = requireWorkflow(deps, call, call.params['workflowId'])
      await deps.workflows.remove(call.realm, id)
    },
  })
}

/** JSON is YAML too. @throws HttpError 400 for a body that is no workflow */
async function givenWorkflow({
  request: { body },
}: AdminCall<unknown, Deps>): Promise<GivenWorkflow> {
  const source = body instanceof JsonText ? body.text : typeof body === 'string' ? body : ''
  const value = await parsedWorkflow(source)
  const read = workflow.safeParse(value)
  if (!read.success) throw badRequest('unknown_error', 'Cannot parse the JSON')
  const { name, enabled, on, if: condition, concurrency, schedule, steps } = read.data
  return {
    name: name ?? undefined,
    enabled: enabled ?? undefined,
    on: on ?? undefined,
    if: condition ?? undefined,
    concurrency: members('WorkflowConcurrencyRepresentation', concurrency, interruptionNames),
    schedule: members('WorkflowScheduleRepresentation', schedule, ['after', 'batch-size']),
    steps: steps?.map(({ uses, after, with: settings }) => ({
      uses: uses ?? undefined,
      after: after ?? undefined,
      with: settings ?? undefined,
    })),
  }
}

/** JSON is YAML too, but reading it as such takes a hundred times as long. @throws HttpError 400 */
async function parsedWorkflow(source: string): Promise<unknown> {
  const refused = badRequest('unknown_error', 'Cannot parse the JSON')
  if (source.length > jsonCharactersMax) throw refused
  try {
    return JSON.parse(source)
  } catch {
    if (source.length > yamlCharactersMax) throw refused
  }
  const { parse } = await import('yaml')
  try {
    return parse(source, { maxAliasCount: 0 })
  } catch {
    throw refused
  }
}

/** @throws HttpError 400 for a member that there is not */
function members(
  of: string,
  given: Readonly<Record<string, string | null | undefined>> | null | undefined,
  known: readonly string[],
): Record<string, string> | undefined {
  if (!given) return undefined
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw badRequest(`Invalid json representation for ${of}. Unrecognized field "${unknown}"`)
  }
  const present = Object.entries(given).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, value]],
  )
  return Object.fromEntries(present)
}
