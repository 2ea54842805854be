import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ModelError } from '../../domains/realms/model-error.ts'
import type { FirstAdministrator } from '../../domains/transfer/first-administrator.ts'
import { cookiesOf, serializeCookie } from '../../http/cookies.ts'
import { HttpError } from '../../http/http-error.ts'
import type { ServerUrls } from '../../http/server-urls.ts'
import type { FieldErrors } from '../../pages/page-context.ts'
import type { Pages } from '../../pages/pages.ts'
import { renderWelcome, type WelcomeModel } from '../../pages/welcome/render-welcome.ts'
import { equalInConstantTime } from '../../shared/constant-time.ts'
import { randomBase64Url } from '../../shared/random.ts'
import { isLocalVisitor } from './local-visitor.ts'

export interface WelcomeDeps {
  readonly pages: Pages
  readonly urls: ServerUrls
  readonly firstAdministrator: FirstAdministrator
  /** Whether there are pages for those who develop on this machine. */
  readonly isDevelopment: boolean
}

const stateCookie = 'WELCOME_STATE_CHECKER'
const stateBytes = 32
const stateLifetimeSeconds = 300
const usernameCharactersMax = 255

/** `GET /` and `POST /`: the way in, and on a new server the form for its first administrator (local visitors only). */
export function registerWelcome(app: FastifyInstance, deps: WelcomeDeps): void {
  app.get('/', async (request, reply) => {
    if (await deps.firstAdministrator.exists()) return page(deps, request, reply, 'ready')
    return page(deps, request, reply, isLocalVisitor(request) ? 'create-admin' : 'no-admin')
  })
  app.post('/', async (request, reply) => {
    const form = checkedForm(request)
    if (await deps.firstAdministrator.exists()) throw existsAlready()
    const username = form.get('username')?.trim() ?? ''
    const fieldErrors = mistakes(username, form)
    if (Object.keys(fieldErrors).length > 0) {
      return page(deps, request, reply, 'create-admin', { username, fieldErrors })
    }
    await createAdministrator(deps, username, form.get('password') ?? '')
    const message = { kind: 'success', key: 'welcomeAdminCreated' } as const
    return page(deps, request, reply, 'ready', { message })
  })
}

function existsAlready(): HttpError {
  return new HttpError(403, { error: 'The first administrator exists already' })
}

async function createAdministrator(
  { firstAdministrator }: WelcomeDeps,
  username: string,
  password: string,
): Promise<void> {
  try {
    await firstAdministrator.create({
      user: { username: username.toLowerCase(), password },
      temporary: false,
      onlyFirst: true,
    })
  } catch (error) {
    // Somebody else was faster, on this node or another.
    if (error instanceof ModelError && error.reason === 'duplicate') throw existsAlready()
    throw error
  }
}

/**
 * Another site must not post the form through the browser of someone who sits at this machine: the hidden field has to
 * equal the cookie.
 */
function checkedForm(request: FastifyRequest): URLSearchParams {
  if (!isLocalVisitor(request)) {
    throw new HttpError(403, { error: 'The first administrator is created on this machine' })
  }
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
  const expected = cookiesOf(request).get(stateCookie) ?? ''
  if (expected === '' || !equalInConstantTime(form.get('stateChecker') ?? '', expected)) {
    throw new HttpError(400, { error: 'The form has expired, open the page again' })
  }
  return form
}

function mistakes(username: string, form: URLSearchParams): FieldErrors {
  const password = form.get('password') ?? ''
  if (username === '') return { username: { key: 'missingUsernameMessage' } }
  if (username.length > usernameCharactersMax) return { username: { key: 'error-invalid-value' } }
  if (password === '') return { password: { key: 'missingPasswordMessage' } }
  return password === form.get('password-confirmation')
    ? {}
    : { 'password-confirmation': { key: 'invalidPasswordConfirmMessage' } }
}

function page(
  deps: WelcomeDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  state: WelcomeModel['state'],
  members: Partial<WelcomeModel> = {},
): FastifyReply {
  const serverUrl = deps.urls.frontend(request)
  const stateChecker = randomBase64Url(stateBytes)
  const path = `${new URL(serverUrl).pathname.replace(/\/+$/, '')}/`
  if (state === 'create-admin') {
    const cookie = serializeCookie(stateCookie, stateChecker, {
      path,
      maxAgeSeconds: stateLifetimeSeconds,
      httpOnly: true,
      secure: serverUrl.startsWith('https:'),
      sameSite: 'Strict',
    })
    reply.header('set-cookie', cookie)
  }
  const context = deps.pages.context({ realm: null, serverUrl })
  const forDevelopers = deps.isDevelopment && isLocalVisitor(request)
  return reply
    .header('cache-control', 'no-store')
    .type('text/html;charset=utf-8')
    .send(
      renderWelcome(context, {
        state,
        action: path,
        stateChecker,
        serverUrl,
        forDevelopers,
        ...members,
      }),
    )
}
