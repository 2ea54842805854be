import { redirectUriOf } from '../../../domains/clients/redirect-uri.ts'
import type { LinkContent, MailContent } from '../../../domains/mails/mail-content.ts'
import { texts } from '../../../domains/realms/scalars.ts'
import type { User } from '../../../domains/users/user.ts'
import { browserRequestOf } from '../../../http/browser-request.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { requireUser } from './require-user.ts'

type Deps = Pick<AdminDeps, 'clients' | 'mails' | 'providers' | 'urls' | 'users'>

/** The client whose link it is when the administrator names none. */
const usualClient = 'account'
const manage = anyOf(['manage-users'])
const failed = 'Failed to send execute actions email'

/** A link that an administrator sends, with who gets it. */
interface AdministratorsMail {
  readonly to: Pick<User, 'id'> & { readonly email: string }
  readonly link: LinkContent
}

/** How long the link of a mail lives, and where it leads in the end. */
const linkParameters = { lifespan: 'integer', redirect_uri: 'text', client_id: 'text' } as const

/**
 * `PUT /users/{id}/execute-actions-email`, `send-verify-email` and `reset-password-email`. The mails wait in the outbox when
 * the request is answered.
 */
export function registerUserMails(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<string[] | undefined>({
    method: 'PUT',
    path: '/users/:userId/execute-actions-email',
    may: manage,
    query: linkParameters,
    body: { name: 'List', schema: texts },
    handle: async (call) => await executeActions(deps, call, call.body ?? []),
  })
  routes.add({
    method: 'PUT',
    path: '/users/:userId/reset-password-email',
    may: manage,
    query: linkParameters,
    handle: async (call) => await executeActions(deps, call, ['UPDATE_PASSWORD']),
  })
  routes.add({
    method: 'PUT',
    path: '/users/:userId/send-verify-email',
    may: manage,
    query: linkParameters,
    handle: async (call) => {
      const { to, link } = await checkedMail(deps, call)
      if (!deps.mails.canSend(call.realm)) throw serverError('Failed to send verify email')
      const content = { kind: 'verify-email', userId: to.id, email: to.email, ...link } as const
      await ask(deps, call, to, content, 'SEND_VERIFY_EMAIL')
    },
  })
}

async function executeActions(
  deps: Deps,
  call: AdminCall<unknown, Deps>,
  actions: readonly string[],
): Promise<void> {
  const { to, link } = await checkedMail(deps, call)
  if (actions.some((id) => deps.providers.find('required-action', id) === undefined)) {
    throw refused(400, 'Provided invalid required actions')
  }
  if (!deps.mails.canSend(call.realm)) throw serverError(`${failed}: ${cause(call)}`)
  const { id: userId, email } = to
  const content = { kind: 'execute-actions', userId, email, actions, ...link } as const
  await ask(deps, call, to, content, 'EXECUTE_ACTIONS')
}

/** @throws HttpError 400 in Keycloak's words and order */
async function checkedMail(
  deps: Deps,
  call: AdminCall<unknown, Deps>,
): Promise<AdministratorsMail> {
  const { realm, query } = call
  const lifespan = query.integer('lifespan')
  const { id, email, enabled } = await requireUser(call)
  if (email === null) throw refused(400, 'User email missing')
  if (!enabled) throw refused(400, 'User is disabled')
  const wanted = query.text('redirect_uri')
  const named = query.text('client_id')
  if (wanted !== undefined && named === undefined) throw refused(400, 'Client id missing')
  const clientId = named ?? usualClient
  const client = await deps.clients.byClientId(realm.id, clientId)
  if (client === null) throw refused(400, "Client doesn't exist")
  if (!client.enabled) throw refused(400, 'Client is not enabled')
  const browser = browserRequestOf(
    call.request,
    deps.urls,
    realm.settings.attributes['frontendUrl'],
  )
  const { frontendUrl, adminUrl } = browser
  const places = { frontend: frontendUrl, admin: adminUrl }
  const redirectUri = wanted && redirectUriOf(client, wanted, places, true)
  if (redirectUri === null) throw refused(400, 'Invalid redirect uri.')
  const link = {
    serverUrl: frontendUrl,
    clientId,
    lifespanSeconds: lifespan ?? realm.settings.actionTokenGeneratedByAdminLifespan,
    ...(redirectUri ? { redirectUri } : {}),
  }
  return { to: { id, email }, link }
}

async function ask(
  { mails }: Deps,
  call: AdminCall<unknown, Deps>,
  to: AdministratorsMail['to'],
  content: Exclude<MailContent, { kind: 'none' }> & LinkContent,
  type: string,
): Promise<void> {
  const { realm, request } = call
  const place = `users/${to.id}/${request.url.replace(/\?.*$/, '').split('/').at(-1)}`
  const trace = await call.trace('ACTION', 'USER', place)
  const event = { type, clientId: content.clientId, details: { email: to.email } }
  await mails.askWith(
    realm,
    async (tx) => {
      await trace(tx)
      return content
    },
    { event },
  )
}

/** Keycloak's words for what is wrong with the settings. */
function cause({ realm }: Pick<AdminCall<unknown, Deps>, 'realm'>): string {
  const { from } = (realm.settings['smtpServer'] ?? {}) as Readonly<Record<string, string>>
  return from
    ? 'Error when attempting to send the email to the server. More information is available in the server log.'
    : "Invalid sender address 'null'. If the address contains UTF-8 characters in the local part please ensure the SMTP server supports the SMTPUTF8 extension and enable 'Allow UTF-8' in the email realm configuration."
}

function serverError(errorMessage: string): HttpError {
  return new HttpError(500, { errorMessage })
}
