import { withGeneratedKey } from '../../domains/keys/generated-key.ts'
import type { Component, Realm } from '../../domains/realms/realm.ts'
import { isComponentSecret } from '../../domains/realms/realm-secrets.ts'
import { newUuid } from '../../shared/random.ts'
import { created } from './admin-answer.ts'
import type { AdminCall } from './admin-call.ts'
import type { AdminDeps } from './admin-deps.ts'
import { badRequest, notFound } from './admin-error.ts'
import type { AdminRoutes } from './admin-routes.ts'
import { checkComponent, generatedMembers } from './component-rules.ts'
import { masked } from './masked.ts'
import { anyOf } from './permission.ts'
import { type ComponentBody, componentShape } from './representations/component.ts'

const view = ['view-realm', 'manage-realm'] as const
const manage = ['manage-realm'] as const

/** `/components`: keys, user profile, registration policies, user storage. */
export function registerComponents(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/components',
    may: anyOf(view),
    handle: async ({ realm, query }) => {
      const wanted = [
        ['name', query.text('name')],
        ['parentId', query.text('parent')],
        ['providerType', query.text('type')],
      ] as const
      return realm.components
        .filter((one) => wanted.every(([name, value]) => !value || one[name] === value))
        .map(componentRepresentation)
    },
  })
  routes.add<ComponentBody | undefined>({
    method: 'POST',
    path: '/components',
    may: anyOf(manage),
    body: componentShape,
    handle: async (call) => {
      const { realm } = call
      const component = await componentOf(realm, call.body ?? ({} as ComponentBody))
      await deps.database.transaction((tx) => deps.realms.addComponents(tx, realm.id, [component]))
      call.record('CREATE', 'COMPONENT', `components/${component.id}`, shown(component))
      return created(call.reply, `${call.realmUrl}/components/${component.id}`)
    },
  })
  registerSingle(routes, deps)
}

function registerSingle(routes: AdminRoutes, deps: AdminDeps): void {
  const path = '/components/:componentId'
  routes.add({
    method: 'GET',
    path,
    may: anyOf(view),
    handle: async (call) => componentRepresentation(requireComponent(call)),
  })
  routes.add<ComponentBody | undefined>({
    method: 'PUT',
    path,
    may: anyOf(manage),
    body: componentShape,
    handle: async (call) => {
      const { realm, body = {} as ComponentBody } = call
      const next = changed(requireComponent(call), body)
      checkComponent(next.providerType, next.providerId, next.config)
      await deps.database.transaction((tx) => deps.realms.updateComponent(tx, realm.id, next))
      call.record('UPDATE', 'COMPONENT', `components/${next.id}`, shown(next))
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: anyOf(manage),
    handle: async (call) => {
      const { id } = requireComponent(call)
      await deps.database.transaction((tx) => deps.realms.removeComponent(tx, call.realm.id, id))
      call.record('DELETE', 'COMPONENT', `components/${id}`)
    },
  })
}

function requireComponent({ realm, params }: AdminCall<unknown>): Component {
  const component = realm.components.find(({ id }) => id === params['componentId'])
  if (!component) throw notFound('Could not find component')
  return component
}

async function componentOf(realm: Realm, body: ComponentBody): Promise<Component> {
  const { providerType, providerId, config = {} } = body
  if (!providerType || !providerId) throw badRequest('Invalid provider type or no such provider')
  checkComponent(providerType, providerId, config)
  return {
    id: body.id ?? newUuid(),
    parentId: body.parentId ?? realm.id,
    providerType,
    providerId,
    ...(body.subType === undefined ? {} : { subType: body.subType }),
    ...(body.name === undefined ? {} : { name: body.name }),
    config: await withGeneratedKey(providerId, config, realm.name),
  }
}

/** Masked secrets and generated key material stay as they are. */
function changed(present: Component, body: ComponentBody): Component {
  const kept = Object.entries(present.config).filter(
    ([name]) => generatedMembers.has(name) || isComponentSecret(name),
  )
  const given = Object.entries(body.config ?? present.config).filter(
    ([, values]) => values[0] !== masked,
  )
  return {
    ...present,
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.parentId === undefined ? {} : { parentId: body.parentId }),
    ...(body.subType === undefined ? {} : { subType: body.subType }),
    config: { ...Object.fromEntries(kept), ...Object.fromEntries(given) },
  }
}

function shown(component: Component): unknown {
  return componentRepresentation(component)
}

/** @returns Keycloak's ComponentRepresentation: secrets masked, generated keys left out */
function componentRepresentation(component: Component) {
  const generated = component.providerId.endsWith('-generated')
  const config = Object.entries(component.config)
    .filter(([name]) => !generated || !generatedMembers.has(name))
    .map(([name, values]) => [name, isComponentSecret(name) ? values.map(() => masked) : values])
  const { id, name, providerId, providerType, parentId, subType } = component
  return {
    id,
    ...(name === undefined ? {} : { name }),
    providerId,
    providerType,
    parentId,
    ...(subType === undefined ? {} : { subType }),
    config: Object.fromEntries(config),
  }
}
