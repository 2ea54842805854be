import { z } from 'zod'
import { userStorageType } from '../../../domains/components/component-providers.ts'
import type { Component } from '../../../domains/realms/realm.ts'
import { text } from '../../../domains/realms/scalars.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { boolean, partly, string, whole } from '../representations/answer.ts'

type Deps = Pick<AdminDeps, 'userLifecycle' | 'users'>

const manage = anyOf(['manage-users'])
const path = '/user-storage/:componentId'
const syncActions: ReadonlySet<string> = new Set(['triggerFullSync', 'triggerChangedUsersSync'])
const syncDirections: ReadonlySet<string> = new Set(['fedToKeycloak', 'keycloakToFed'])

const ldapShape = {
  name: 'TestLdapConnectionRepresentation',
  schema: z.strictObject({
    action: text,
    connectionUrl: text,
    authType: text,
    bindDn: text,
    bindCredential: text,
    useTruststoreSpi: text,
    connectionTimeout: text,
    componentId: text,
    startTls: text,
  }),
}
type LdapBody = z.output<typeof ldapShape.schema> | undefined

/**
 * `/user-storage`: directories are configuration only, so a synchronization says that it was left out. What an imported realm
 * brought of a directory can be removed, or made the realm's own.
 */
export function registerUserStorage(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: `${path}/name`,
    may: anyOf(['view-users', 'manage-users']),
    answer: partly('UserStorageName', { id: string, name: string }),
    handle: async (call) => {
      const { id, name } = requireStorage(call)
      return { id, name }
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/remove-imported-users`,
    may: manage,
    handle: async (call) => {
      await deps.userLifecycle.removeLinked(call.realm, requireStorage(call).id)
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/unlink-users`,
    may: manage,
    handle: async (call) => {
      await deps.users.unlink(call.realm.id, requireStorage(call).id)
    },
  })
  registerSync(routes)
  registerLdap(routes)
}

function registerSync(routes: AdminRoutes<Deps>): void {
  routes.add({
    method: 'POST',
    path: `${path}/sync`,
    may: manage,
    query: { action: 'text' },
    answer: syncAnswer,
    handle: async (call) => {
      requireStorage(call)
      const action = call.query.text('action')
      if (!action) throw badRequest('Missing action')
      if (!syncActions.has(action)) throw badRequest(`Unknown action: ${action}`)
      return leftOut
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/mappers/:mapperId/sync`,
    may: manage,
    query: { direction: 'text' },
    answer: syncAnswer,
    handle: async (call) => {
      const { id } = requireStorage(call)
      const { realm, params, query } = call
      const isMapper = ({ id: own, parentId }: Component) =>
        own === params['mapperId'] && parentId === id
      if (!realm.components.some(isMapper)) throw notFound('Mapper model not found')
      const direction = query.text('direction') ?? 'null'
      if (!syncDirections.has(direction)) throw badRequest(`Unknown direction: ${direction}`)
      return leftOut
    },
  })
}

function registerLdap(routes: AdminRoutes<Deps>): void {
  for (const path of ['/testLDAPConnection', '/ldap-server-capabilities']) {
    routes.add<LdapBody>({
      method: 'POST',
      path,
      may: anyOf(['manage-realm']),
      body: ldapShape,
      handle: async () => {
        throw new HttpError(501, {
          error: 'Feature not enabled',
          error_description: 'This server does not speak LDAP: user storage is configuration only.',
        })
      },
    })
  }
}

/** Keycloak's SynchronizationResult. */
const syncAnswer = partly('SynchronizationResult', {
  ignored: boolean,
  added: whole,
  updated: whole,
  removed: whole,
  failed: whole,
  status: string,
})

const leftOut = {
  ignored: true,
  added: 0,
  updated: 0,
  removed: 0,
  failed: 0,
  status: 'Synchronization ignored: this server does not speak to directories',
}

function requireStorage({ realm, params }: AdminCall<unknown, Deps>): Component {
  const found = realm.components.find(
    ({ id, providerType }) => id === params['componentId'] && providerType === userStorageType,
  )
  if (!found) throw notFound('Could not find component')
  return found
}
