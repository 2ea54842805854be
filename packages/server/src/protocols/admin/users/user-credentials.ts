import type { Credential } from '../../../domains/credentials/credential.ts'
import { texts } from '../../../domains/realms/scalars.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { listOf, strings } from '../representations/answer.ts'
import { type CredentialBody, credentialAnswer, credentialShape } from '../representations/user.ts'
import { requireUser } from './require-user.ts'

type Deps = Pick<AdminDeps, 'credentials' | 'users'>

const manage = ['manage-users'] as const

/** `PUT /users/{id}/reset-password` and everything below `/users/{id}/credentials`. */
export function registerUserCredentials(routes: AdminRoutes<Deps>, deps: Deps): void {
  registerResetPassword(routes, deps)
  routes.add({
    method: 'GET',
    path: '/users/:userId/credentials',
    may: anyOf(['view-users', 'manage-users']),
    answer: listOf(credentialAnswer),
    handle: async (call) => {
      const user = await requireUser(call)
      return (await deps.credentials.list(user.id)).map(representationOf)
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/users/:userId/credentials/:credentialId',
    may: anyOf(manage),
    handle: async (call) => {
      const user = await requireUser(call)
      const id = call.params['credentialId'] ?? ''
      const credential = (await deps.credentials.list(user.id)).find((each) => each.id === id)
      const place = `users/${user.id}/credentials/${id}`
      const details = {
        credential_id: id,
        ...(credential ? { credential_type: credential.type } : {}),
        ...(credential?.userLabel ? { credential_user_label: credential.userLabel } : {}),
      }
      const trace = await call.trace('ACTION', 'USER', place, undefined, details)
      const removed = await deps.credentials.remove(user.id, id, trace)
      if (!removed) throw notFound('Credential not found')
    },
  })
  registerOrder(routes, deps)
  registerStorageTypes(routes)
}

/** What concerns credentials of user storage outside of this server. Nothing of it is kept here. */
function registerStorageTypes(routes: AdminRoutes<Deps>): void {
  routes.add({
    method: 'GET',
    path: '/users/:userId/configured-user-storage-credential-types',
    may: anyOf(['view-users', 'manage-users']),
    answer: strings,
    handle: async (call) => {
      await requireUser(call)
      return []
    },
  })
  routes.add({
    method: 'PUT',
    path: '/users/:userId/disable-credential-types',
    may: anyOf(manage),
    body: { name: 'List', schema: texts },
    handle: async (call) => {
      // Credentials that are kept here are removed, not switched off: Keycloak answers so too.
      await requireUser(call)
    },
  })
}

function registerResetPassword(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<CredentialBody | undefined>({
    method: 'PUT',
    path: '/users/:userId/reset-password',
    may: anyOf(manage),
    body: credentialShape,
    handle: async (call) => {
      const user = await requireUser(call)
      const { value, temporary } = call.body ?? {}
      if (value === undefined) throw badRequest('No password provided')
      if (value === '') throw badRequest('Empty password not allowed')
      const trace = await call.trace('ACTION', 'USER', `users/${user.id}/reset-password`)
      const options = { temporary: temporary ?? false, trace }
      await deps.credentials.setPassword(call.realm, user, value, options)
    },
  })
}

function registerOrder(routes: AdminRoutes<Deps>, deps: Deps): void {
  const path = '/users/:userId/credentials/:credentialId'
  routes.add({
    method: 'PUT',
    path: `${path}/userLabel`,
    may: anyOf(manage),
    handle: async (call) => {
      const user = await requireUser(call)
      const { body } = call.request
      if (typeof body !== 'string') {
        throw new HttpError(415, {
          error: 'The content-type header value did not match the value in @Consumes',
        })
      }
      const id = call.params['credentialId'] ?? ''
      const known = await deps.credentials.relabel(user.id, id, body)
      if (!known) throw notFound('Credential not found')
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/moveToFirst`,
    may: anyOf(manage),
    handle: async (call) => {
      const user = await requireUser(call)
      const id = call.params['credentialId'] ?? ''
      if (!(await deps.credentials.moveAfter(user.id, id, null))) {
        throw notFound('Credential not found')
      }
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/moveAfter/:newPreviousCredentialId`,
    may: anyOf(manage),
    handle: async (call) => {
      const user = await requireUser(call)
      const { credentialId = '', newPreviousCredentialId = '' } = call.params
      const present = await deps.credentials.list(user.id)
      if (!present.some(({ id }) => id === credentialId)) throw notFound('Credential not found')
      // A credential to go behind that is not there is not an error for Keycloak.
      await deps.credentials.moveAfter(user.id, credentialId, newPreviousCredentialId)
    },
  })
}

function representationOf(credential: Credential) {
  return {
    id: credential.id,
    type: credential.type,
    ...(credential.userLabel === null ? {} : { userLabel: credential.userLabel }),
    ...(credential.createdAt === null ? {} : { createdDate: credential.createdAt }),
    credentialData: JSON.stringify(credential.credentialData),
  }
}
