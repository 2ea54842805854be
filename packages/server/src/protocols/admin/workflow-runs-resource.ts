import { type ActingWorkflow, actingWorkflows } from '../../domains/workflows/acting-workflow.ts'
import { workflowRunRepresentation } from '../../domains/workflows/workflow.ts'
import type { WorkflowResource } from '../../domains/workflows/workflow-run.ts'
import type { AdminCall } from './admin-call.ts'
import type { AdminDeps } from './admin-deps.ts'
import { badRequest, notFound, refused } from './admin-error.ts'
import type { AdminRoutes } from './admin-routes.ts'
import { anyMembers, listOf } from './representations/answer.ts'
import {
  mayHandleWorkflows as may,
  requireWorkflow,
  workflowAnswer,
  workflowPath,
} from './workflow-answer.ts'

type Deps = Pick<AdminDeps, 'clients' | 'users' | 'workflowRunner' | 'workflowRuns' | 'workflows'>

/** `/workflows/…`: what starts, ends, moves and tells of runs. */
export function registerWorkflowRuns(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'POST',
    path: `${workflowPath}/activate/:resourceType/:resourceId`,
    may,
    takesYaml: true,
    query: { notBefore: 'text' },
    handle: async (call) => {
      const { id } = requireWorkflow(deps, call, call.params['workflowId'])
      const resource = await requireResource(deps, call)
      const workflow = acting(call, id)
      if (!workflow) return
      if (workflow.supports !== resource.type) {
        throw badRequest(
          `Resource Type '${resource.type}' is not supported for this workflow (supports ${workflow.supports})`,
        )
      }
      const notBefore = call.query.text('notBefore')
      await deps.workflowRuns.activate(call.realm, workflow, resource, notBefore)
      deps.workflowRunner.wake()
    },
  })
  routes.add({
    method: 'POST',
    path: `${workflowPath}/deactivate/:resourceType/:resourceId`,
    may,
    takesYaml: true,
    handle: async (call) => {
      const { id } = requireWorkflow(deps, call, call.params['workflowId'])
      await requireResource(deps, call)
      await deps.workflowRuns.deactivate(id, call.params['resourceId'] ?? '')
    },
  })
  routes.add({
    method: 'POST',
    path: '/workflows/migrate',
    may,
    takesYaml: true,
    query: { from: 'text', to: 'text' },
    handle: async (call) => {
      const [from, to] = [call.query.text('from'), call.query.text('to')]
      if (from === undefined || to === undefined) {
        throw refused(400, "Both 'from' and 'to' step ids must be provided for migration.")
      }
      const ends = { from: requireStep(call, from), to: requireStep(call, to) }
      await deps.workflowRuns.migrate(call.realm, ends.from, ends.to)
      deps.workflowRunner.wake()
    },
  })
  routes.add({
    method: 'GET',
    path: '/workflows/scheduled/:resourceId',
    may,
    takesYaml: true,
    answer: listOf(anyMembers),
    handle: async (call) => {
      const { realm, params } = call
      const runs = await deps.workflowRuns.of(realm.id, params['resourceId'] ?? '')
      const shown = runs.flatMap((run) => {
        const workflow = deps.workflows.byId(realm, run.workflowId)
        return workflow ? [workflowRunRepresentation(workflow, realm.components, run)] : []
      })
      return await workflowAnswer(call, shown)
    },
  })
}

function acting({ realm }: AdminCall, id: string): ActingWorkflow | undefined {
  return actingWorkflows(realm).find((one) => one.id === id)
}

async function requireResource(
  deps: Deps,
  { realm, params }: AdminCall,
): Promise<WorkflowResource> {
  const { resourceType, resourceId = '' } = params
  if (resourceType === 'USERS') {
    const user = await deps.users.fresh(realm.id, resourceId)
    if (user) return { type: 'USERS', userId: user.id }
  } else if (resourceType === 'CLIENTS') {
    const client = await deps.clients.byId(realm.id, resourceId)
    if (client) return { type: 'CLIENTS', clientUuid: client.id }
  } else {
    throw notFound()
  }
  throw badRequest(`Resource with id ${resourceId} not found`)
}

function requireStep({ realm }: AdminCall, stepId: string) {
  const workflow = actingWorkflows(realm).find(({ steps }) => steps.some(({ id }) => id === stepId))
  if (workflow) return { workflow, stepId }
  throw badRequest(`Not a valid workflow resource: ${stepId}`)
}
