import { z } from 'zod'
import type { RequiredActionChanges } from '../../../domains/flows/changes/required-action-changes.ts'
import type { Providers } from '../../../domains/providers/providers.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import type { RequiredAction } from '../../../domains/realms/realm.ts'
import { requiredAction as requiredActionSchema } from '../../../domains/realms/required-action-schema.ts'
import { shortText, textMap } from '../../../domains/realms/scalars.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { Logger } from '../../../log/logger.ts'
import type { AdminCall } from '../admin-call.ts'
import { badRequest, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'

interface Deps {
  readonly requiredActionChanges: RequiredActionChanges
  readonly providers: Providers
  readonly log: Logger
}

const managesRealm = anyOf(['manage-realm'])
const path = '/authentication/required-actions/:alias'

const requiredActionShape = {
  name: 'RequiredActionProviderRepresentation',
  schema: requiredActionSchema,
}
type Body = z.output<typeof requiredActionShape.schema> | undefined

const registrationShape = {
  name: 'Map',
  schema: z.looseObject({ providerId: shortText, name: shortText }),
}
type Registration = z.output<typeof registrationShape.schema> | undefined

/** Setting of the recovery codes that Keycloak wants to be there whenever their configuration is written. */
const warningThreshold = 'warning_threshold'

const configShape = {
  name: 'RequiredActionConfigRepresentation',
  schema: z.strictObject({ config: textMap }),
}
type ConfigBody = z.output<typeof configShape.schema> | undefined

/** Writes of `/authentication/required-actions`. */
export function registerRequiredActionWrites(routes: AdminRoutes<Deps>, deps: Deps): void {
  const { requiredActionChanges, providers, log } = deps
  routes.add<Registration>({
    method: 'POST',
    path: '/authentication/register-required-action',
    may: managesRealm,
    body: registrationShape,
    event: { operation: 'CREATE', resourceType: 'REQUIRED_ACTION' },
    handle: async (call) => {
      const { providerId = '', name } = call.body ?? {}
      const known = providers.find('required-action', providerId)
      const title = name ?? known?.name ?? providerId
      const trace = await call.ownTrace()
      try {
        await requiredActionChanges.register(call.realm.id, providerId, title, trace)
      } catch (error) {
        throw registrationRefused(error)
      }
      if (!providers.acts('required-action', providerId)) {
        log.warn(
          `Realm ${call.realm.name} has the required action ${providerId}, which is configuration only: it ends every login that has it due`,
        )
      }
    },
  })
  routes.add<Body>({
    method: 'PUT',
    path,
    may: managesRealm,
    body: requiredActionShape,
    event: { operation: 'UPDATE', resourceType: 'REQUIRED_ACTION' },
    handle: async (call) => {
      const { alias } = requireAction(call)
      const { realm, body } = call
      const trace = await call.ownTrace()
      await requiredActionChanges.update(realm.id, alias, (action) => changed(action, body), trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: managesRealm,
    event: { operation: 'DELETE', resourceType: 'REQUIRED_ACTION' },
    handle: async (call) => {
      const { alias = '' } = call.params
      await requiredActionChanges.remove(call.realm.id, alias, await call.ownTrace())
    },
  })
  for (const [direction, towards] of [
    ['raise', 'first'],
    ['lower', 'last'],
  ] as const) {
    routes.add({
      method: 'POST',
      path: `${path}/${direction}-priority`,
      may: managesRealm,
      event: { operation: 'UPDATE', resourceType: 'REQUIRED_ACTION' },
      handle: async (call) => {
        const { alias = '' } = call.params
        await requiredActionChanges.move(call.realm.id, alias, towards, await call.ownTrace())
      },
    })
  }
  registerConfig(routes, deps)
}

function registerConfig(
  routes: AdminRoutes<Deps>,
  { requiredActionChanges, providers }: Omit<Deps, 'log'>,
): void {
  const settingsOf = ({ providerId }: RequiredAction): ReadonlySet<string> => {
    const properties = providers.find('required-action', providerId)?.properties ?? []
    if (properties.length === 0) throw badRequest('RequiredAction is not configurable')
    return new Set(properties.map(({ name }) => name))
  }
  routes.add<ConfigBody>({
    method: 'PUT',
    path: `${path}/config`,
    may: managesRealm,
    body: configShape,
    event: { operation: 'UPDATE', resourceType: 'REQUIRED_ACTION_CONFIG' },
    handle: async (call) => {
      const action = requireAction(call)
      const known = settingsOf(action)
      const entries = Object.entries(call.body?.config ?? {}).filter(([name]) => known.has(name))
      const config = presentTexts(Object.fromEntries(entries))
      requireNumber('max_auth_age', config)
      if (known.has(warningThreshold))
        requireNumber(warningThreshold, { [warningThreshold]: '', ...config })
      const { realm } = call
      const trace = await call.ownTrace()
      await requiredActionChanges.update(
        realm.id,
        action.alias,
        (one) => ({ ...one, config }),
        trace,
      )
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/config`,
    may: managesRealm,
    event: { operation: 'DELETE', resourceType: 'REQUIRED_ACTION_CONFIG' },
    handle: async (call) => {
      const action = requireAction(call)
      settingsOf(action)
      const { realm } = call
      const trace = await call.ownTrace()
      const without = (one: RequiredAction) => ({ ...one, config: {} })
      await requiredActionChanges.update(realm.id, action.alias, without, trace)
    },
  })
}

/** @throws HttpError 400 as Keycloak for a setting that is there and no number from 0 on */
function requireNumber(name: string, config: Readonly<Record<string, string>>): void {
  const value = config[name]
  if (value === undefined || /^\d{1,9}$/.test(value)) return
  throw new HttpError(400, {
    field: name,
    ...(/^-\d{1,9}$/.test(value)
      ? { errorMessage: 'error-number-out-of-range-too-small', params: [name, 0] }
      : { errorMessage: 'error-invalid-value', params: [name] }),
  })
}

function registrationRefused(error: unknown): unknown {
  if (!(error instanceof ModelError)) return error
  if (error.reason === 'invalid') return badRequest(error.message)
  return new HttpError(409, { error: 'conflict', error_description: error.message })
}

/** @returns the required action that the path names. @throws HttpError 404 */
export function requireAction({ realm, params }: AdminCall<unknown, Deps>): RequiredAction {
  const action = realm.settings.requiredActions.find(({ alias }) => alias === params['alias'])
  if (!action) throw notFound('Failed to find required action')
  return action
}

function changed(action: RequiredAction, body: Body): RequiredAction {
  return {
    ...action,
    name: body?.name ?? action.name,
    enabled: body?.enabled ?? false,
    defaultAction: body?.defaultAction ?? false,
    priority: body?.priority ?? action.priority,
    config: body?.config ? presentTexts(body.config) : action.config,
  }
}

function presentTexts(map: Readonly<Record<string, string | null>>): Record<string, string> {
  const entries = Object.entries(map).filter(([, value]) => value !== null)
  return Object.fromEntries(entries) as Record<string, string>
}
