import type { ExampleSubject } from '../../../domains/tokens/example-tokens.ts'
import { HttpError } from '../../../http/http-error.ts'
import { placesOf } from '../../../login/request-places.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { forbidden, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { viewsClients } from '../permission.ts'
import { anyMembers, plainText } from '../representations/answer.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clients' | 'exampleTokens' | 'urls' | 'users'>

const path = '/clients/:clientUuid/evaluate-scopes/generate-example'

const subject = { userId: 'text', scope: 'text' } as const

/** What tokens of a user for a client would say. */
export function registerExampleTokens(routes: AdminRoutes<Deps>, deps: Deps): void {
  const { exampleTokens } = deps
  routes.add({
    method: 'GET',
    path: `${path}-access-token`,
    may: viewsClients,
    query: { ...subject, audience: 'texts' },
    answer: anyMembers,
    handle: async (call) =>
      await exampleTokens.access(await subjectOf(call), call.query.all('audience')),
  })
  routes.add({
    method: 'GET',
    path: `${path}-id-token`,
    may: viewsClients,
    query: subject,
    answer: anyMembers,
    handle: async (call) => await exampleTokens.id(await subjectOf(call)),
  })
  routes.add({
    method: 'GET',
    path: `${path}-userinfo`,
    may: viewsClients,
    query: subject,
    answer: anyMembers,
    handle: async (call) => await exampleTokens.userinfo(await subjectOf(call)),
  })
  routes.add({
    method: 'GET',
    path: `${path}-saml-response`,
    may: viewsClients,
    query: subject,
    answer: plainText,
    handle: async (call) => {
      await subjectOf(call)
      throw new HttpError(501, {
        error: 'Feature not enabled',
        error_description: 'SAML responses are not made by this server.',
      })
    },
  })
}

/** @throws HttpError 404 without a user, 403 for one whom the administrator may not see */
async function subjectOf(call: AdminCall<unknown, Deps>): Promise<ExampleSubject> {
  const { deps, realm, request, query, permissions } = call
  const client = await requireClient(call)
  const userId = query.text('userId')
  if (!userId) throw notFound('No userId provided')
  if (!(await permissions.may('view', 'user', userId))) throw forbidden()
  const user = await deps.users.byId(realm.id, userId)
  if (!user) throw notFound('No user found')
  const places = placesOf(deps, request, realm)
  return { realm, client, user, scope: query.text('scope'), places }
}
