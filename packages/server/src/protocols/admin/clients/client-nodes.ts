import { z } from 'zod'
import type { ClientRepresentation } from '../../../domains/clients/client.ts'
import { placesOf } from '../../../login/request-places.ts'
import { epochSeconds } from '../../../shared/clock.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { managesClient, viewsClients } from '../permission.ts'
import {
  type AdminUrlCall,
  type AdminUrlDeps,
  adminUrlResult,
  callAdminUrls,
} from './admin-url-calls.ts'
import { requireClient } from './require-client.ts'

type Deps = AdminUrlDeps & Pick<AdminDeps, 'clientLifecycle' | 'urls'>

/** Most nodes that an application may register, and the longest name of one, in characters. */
const nodesMax = 100
const nodeLengthMax = 255

const nodeShape = { name: 'Map', schema: z.record(z.string(), z.string()) }
type Nodes = Record<string, number>

/**
 * Nodes of clustered applications (adapters of former versions registered them), and what is sent to an application's
 * admin URL.
 */
export function registerClientNodes(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<Record<string, string> | undefined>({
    method: 'POST',
    path: '/clients/:clientUuid/nodes',
    may: managesClient,
    body: nodeShape,
    handle: async (call) => {
      const node = call.body?.['node']
      if (!node || node.length > nodeLengthMax) throw badRequest('Node not found in params')
      await changeNodes(call, 'CREATE', node, (nodes) => {
        if (Object.keys(nodes).length >= nodesMax) throw badRequest('Too many nodes')
        return { ...nodes, [node]: epochSeconds(deps.clock) }
      })
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/clients/:clientUuid/nodes/:node',
    may: managesClient,
    handle: async (call) => {
      const node = call.params['node'] ?? ''
      await changeNodes(call, 'DELETE', node, ({ [node]: known, ...others }) => {
        if (known === undefined) throw notFound('Client does not have node ')
        return others
      })
    },
  })
  routes.add({
    method: 'GET',
    path: '/clients/:clientUuid/test-nodes-available',
    may: viewsClients,
    answer: adminUrlResult,
    event: { operation: 'ACTION', resourceType: 'CLUSTER_NODE', isAll: true },
    handle: async (call) => {
      const representation = await told(deps, call, { action: 'TEST_AVAILABILITY' })
      call.describe({ representation })
      return representation
    },
  })
  routes.add({
    method: 'POST',
    path: '/clients/:clientUuid/push-revocation',
    may: managesClient,
    answer: adminUrlResult,
    event: { operation: 'ACTION', resourceType: 'CLIENT', withoutBody: true, isAll: true },
    handle: async (call) => {
      const { representation } = await requireClient(call)
      const notBefore = representation.notBefore ?? 0
      return await told(deps, call, { action: 'PUSH_NOT_BEFORE', notBefore })
    },
  })
}

async function told(deps: Deps, call: AdminCall<unknown, Deps>, say: AdminUrlCall) {
  const client = await requireClient(call)
  const places = placesOf(deps, call.request, call.realm)
  return await callAdminUrls(deps, call.realm, places, [client], say)
}

async function changeNodes(
  call: AdminCall<unknown, Deps>,
  operation: 'CREATE' | 'DELETE',
  node: string,
  change: (nodes: Nodes) => Nodes,
): Promise<void> {
  const { id } = await requireClient(call)
  const trace = await call.trace(operation, 'CLUSTER_NODE', `clients/${id}/nodes/${node}`)
  await call.deps.clientLifecycle.change(
    call.realm,
    id,
    (client) => {
      const given = client.representation['registeredNodes']
      const registeredNodes = change((given ?? {}) as Nodes)
      const representation: ClientRepresentation = { ...client.representation, registeredNodes }
      return { ...client, representation }
    },
    trace,
  )
}
