import type { FastifyReply } from 'fastify'
import { adminPermissionsClientId } from '../../../domains/administration/admin-permissions-schema.ts'
import type { AdminOperation, AdminTrace } from '../../../domains/events/admin-event.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { requireRealmName } from '../../../domains/transfer/realm-name.ts'
import type { RealmRepresentation } from '../../../domains/transfer/representation.ts'
import { allowLongAnswer } from '../../../http/answer-deadlines.ts'
import { HttpError } from '../../../http/http-error.ts'
import { created } from '../admin-answer.ts'
import type { ServerCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, forbidden, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import type { Administrator } from '../administrator.ts'
import { listOf } from '../representations/answer.ts'
import { realmAnswer, realmShape } from '../representations/realm.ts'
import { checked, JsonText } from '../request-body.ts'
import { roleRepresentation } from '../roles/role-representation.ts'
import { adminEvent } from '../route-event.ts'
import { briefRealm, realmRepresentation } from './realm-representation.ts'

type Deps = Pick<AdminDeps, 'clients' | 'events' | 'realmImport' | 'realms' | 'roles' | 'urls'>

/** Largest import of a realm: it comes with its users. */
const importBytesMax = 256 * 1024 * 1024

/**
 * The event of a realm that comes or goes. As with Keycloak it is one of the realm of whom makes the change, for the other
 * realm is not there yet or any longer.
 */
export async function traceOfRealm(
  deps: Deps,
  { administrator, request }: Pick<ServerCall, 'administrator' | 'request'>,
  operationType: AdminOperation,
  name: string,
  representation?: unknown,
): Promise<AdminTrace> {
  const call = { realm: administrator.realm, administrator, request }
  const change = { operationType, resourceType: 'REALM', resourcePath: name, representation }
  return await deps.events.trace(adminEvent(deps.urls, call, change))
}

/**
 * The last step of a long transaction: what was refused for taking too long must not be committed behind that answer.
 * @throws HttpError 503 when the answer has been given already
 */
export function requireUnanswered({ raw }: Pick<FastifyReply, 'raw'>): void {
  if (raw.headersSent) throw new HttpError(503, { error: 'No answer in time' })
}

/** `GET` and `POST /admin/realms`. */
export function registerRealms(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.addToServer({
    method: 'GET',
    path: '/realms',
    query: { briefRepresentation: 'flag' },
    answer: listOf(realmAnswer),
    handle: async ({ administrator, query }) => {
      const brief = query.flag('briefRepresentation') ?? false
      const shown = await visibleRealms(deps, administrator, brief)
      if (shown.length === 0) throw forbidden()
      return shown
    },
  })
  routes.addToServer({
    method: 'POST',
    path: '/realms',
    bodyBytesMax: importBytesMax,
    may: async (administrator) =>
      administrator.ofMaster && (await administrator.holdsRealmRole('create-realm')),
    handle: async (call) => {
      const { request, reply } = call
      const realm = realmOf(request.body)
      allowLongAnswer(reply.raw)
      await deps.realmImport.importRealm(realm, {
        also: async (tx, made) => {
          const trace = await traceOfRealm(
            deps,
            call,
            'CREATE',
            made.name,
            realmRepresentation(made, undefined),
          )
          await trace(tx)
          requireUnanswered(reply)
        },
      })
      const location = `${deps.urls.admin(request)}/admin/realms/${encodeURIComponent(realm.realm)}`
      return created(reply, location)
    },
  })
}

/** Short lists are made without any realm's snapshot, of which there may be thousands. */
async function visibleRealms(deps: Deps, administrator: Administrator, brief: boolean) {
  const shown: { id: string; shown: unknown }[] = []
  const whole = new Set<string>()
  for await (const { realm, roles } of administrator.administered(await deps.realms.briefs())) {
    // Only the name without view-realm.
    const views = roles.has('view-realm') || roles.has('manage-realm')
    if (views && !brief) whole.add(realm.id)
    shown.push({ id: realm.id, shown: views ? briefRealm(realm) : { realm: realm.name } })
  }
  if (whole.size === 0) return shown.map((each) => each.shown)
  const full = new Map<string, unknown>()
  for await (const realm of deps.realms.byIds([...whole])) {
    full.set(realm.id, await fullRealm(deps, realm))
  }
  // A realm that went meanwhile is left out.
  return shown.flatMap(({ id, shown: short }) => {
    if (!whole.has(id)) return [short]
    const found = full.get(id)
    return found === undefined ? [] : [found]
  })
}

/** @returns the full representation of a realm */
export async function fullRealm(deps: Deps, realm: Realm) {
  const role = await deps.roles.byId(realm.id, realm.defaultRoleId)
  const shown = realmRepresentation(realm, role ? roleRepresentation(role, true) : undefined)
  if (realm.settings['adminPermissionsEnabled'] !== true) return shown
  const holder = await deps.clients.byClientId(realm.id, adminPermissionsClientId)
  if (!holder) return shown
  return { ...shown, adminPermissionsClient: { id: holder.id, clientId: holder.clientId } }
}

/** Whatever is wrong with the text, Keycloak says that it cannot read it. */
function realmOf(body: unknown): RealmRepresentation {
  if (!(body instanceof JsonText)) {
    throw body === undefined || body === null
      ? unreadable()
      : new HttpError(415, {
          error: 'The content-type header value did not match the value in @Consumes',
        })
  }
  const given = readable(body.text)
  if (!given.realm?.trim()) throw refused(400, 'Realm name cannot be empty')
  try {
    requireRealmName(given.realm)
    if (given.id !== undefined) requireRealmName(given.id)
  } catch (error) {
    throw error instanceof ModelError ? badRequest(error.message) : error
  }
  return given as RealmRepresentation
}

function readable(text: string) {
  try {
    return checked(text, realmShape)
  } catch (error) {
    if (Array.isArray(parsed(text))) throw error
    throw unreadable()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unreadable(): HttpError {
  return refused(400, 'unable to read contents from stream')
}
