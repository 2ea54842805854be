import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { nothingInside } from '../representations/answer.ts'
import { requireUser } from './require-user.ts'

type Deps = Pick<AdminDeps, 'users'>

const path = '/users/:userId/vc'
const view = anyOf(['view-users', 'manage-users'])
const manage = anyOf(['manage-users'])

/** Credentials that users take elsewhere: Keycloak's feature `oid4vc-vci`, off as it is there. */
export function registerVerifiableCredentials(routes: AdminRoutes<Deps>): void {
  for (const [method, below] of [
    ['GET', 'credentials'],
    ['POST', 'credentials'],
    ['PUT', 'credentials/send-credential-offer'],
    ['PUT', 'credentials/:credentialScopeName'],
    ['DELETE', 'credentials/:credentialScopeName'],
    ['GET', 'issued-credentials'],
    ['DELETE', 'issued-credentials/:issuedId'],
  ] as const) {
    routes.add({
      method,
      path: `${path}/${below}`,
      may: method === 'GET' ? view : manage,
      answer: nothingInside,
      handle: async (call) => {
        await requireUser(call)
        throw refused(400, 'Feature oid4vc-vci not enabled')
      },
    })
  }
}
