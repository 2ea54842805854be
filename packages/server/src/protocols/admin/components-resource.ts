import { isGeneratedSetting } from '../../domains/components/checked-component.ts'
import {
  componentProvider,
  componentProviders,
} from '../../domains/components/component-providers.ts'
import { idleComponentNotices } from '../../domains/components/idle-component.ts'
import { keyProviderType } from '../../domains/keys/key-component.ts'
import type { Component } from '../../domains/realms/realm.ts'
import { shownMember } from '../../domains/realms/secret-members.ts'
import { workflowStepType, workflowType } from '../../domains/workflows/workflow.ts'
import { ownMember } from '../../shared/own-member.ts'
import { created } from './admin-answer.ts'
import type { AdminCall } from './admin-call.ts'
import type { AdminDeps } from './admin-deps.ts'
import { badRequest, notFound } from './admin-error.ts'
import type { AdminRoutes } from './admin-routes.ts'
import { describeComponentType } from './describe-component-type.ts'
import { anyOf } from './permission.ts'
import { listOf } from './representations/answer.ts'
import {
  type ComponentBody,
  componentAnswer,
  componentShape,
  componentTypeAnswer,
} from './representations/component.ts'

type Deps = Pick<AdminDeps, 'components' | 'log'>

const view = ['view-realm', 'manage-realm'] as const
const manage = ['manage-realm'] as const

/** `/components`: keys, user profile, registration policies, user storage. */
export function registerComponents(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/components',
    may: anyOf(view),
    query: { name: 'text', parent: 'text', type: 'text' },
    answer: listOf(componentAnswer),
    handle: async ({ realm, query }) => {
      const wanted = [
        ['name', query.text('name')],
        ['parentId', query.text('parent')],
        ['providerType', query.text('type')],
      ] as const
      return realm.components
        .filter(
          (one) =>
            !isOfWorkflow(one) && wanted.every(([name, value]) => !value || one[name] === value),
        )
        .map(componentRepresentation)
    },
  })
  routes.add<ComponentBody | undefined>({
    method: 'POST',
    path: '/components',
    may: anyOf(manage),
    body: componentShape,
    handle: async (call) => {
      const { providerType, providerId, ...rest } = call.body ?? ({} as ComponentBody)
      if (!providerType || !providerId || !componentProvider(providerType, providerId)) {
        throw badRequest('Invalid provider type or no such provider')
      }
      const given = { ...rest, providerType, providerId }
      const made = await deps.components.create(call.realm, given, (made) =>
        call.trace('CREATE', 'COMPONENT', `components/${made.id}`, call.body),
      )
      noteIdle(call, made)
      return created(call.reply, `${call.realmUrl}/components/${encodeURIComponent(made.id)}`)
    },
  })
  registerSingle(routes, deps)
}

function noteIdle({ deps, realm }: AdminCall<unknown, Deps>, component: Component): void {
  for (const notice of idleComponentNotices(component.providerType, component)) {
    deps.log.warn(`Realm ${realm.name}: ${notice}`)
  }
}

function registerSingle(routes: AdminRoutes<Deps>, deps: Deps): void {
  const path = '/components/:componentId'
  routes.add({
    method: 'GET',
    path,
    may: anyOf(view),
    answer: componentAnswer,
    handle: async (call) => componentRepresentation(requireComponent(call)),
  })
  routes.add<ComponentBody | undefined>({
    method: 'PUT',
    path,
    may: anyOf(manage),
    body: componentShape,
    handle: async (call) => {
      const component = requireComponent(call)
      const { id } = component
      await deps.components.update(call.realm, id, call.body ?? {}, () =>
        call.trace('UPDATE', 'COMPONENT', `components/${id}`, call.body),
      )
      noteIdle(call, component)
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: anyOf(manage),
    handle: async (call) => {
      const { id } = requireComponent(call)
      const trace = await call.trace('DELETE', 'COMPONENT', `components/${id}`)
      await deps.components.remove(call.realm, id, trace)
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/sub-component-types`,
    may: anyOf(view),
    query: { type: 'text' },
    answer: listOf(componentTypeAnswer),
    handle: async (call) => {
      requireComponent(call, 'Could not find parent component')
      const type = call.query.text('type')
      if (!type) throw badRequest('must specify a subtype')
      const ofType = ownMember(componentProviders, type)
      return Object.entries(ofType ?? {}).map(([id, { properties }]) =>
        describeComponentType(id, properties),
      )
    },
  })
}

/** Workflows and their steps lie among the components, but only their own endpoints show and change them. */
function isOfWorkflow({ providerType }: Component): boolean {
  return providerType === workflowType || providerType === workflowStepType
}

function requireComponent(
  { realm, params }: AdminCall<unknown, Deps>,
  missing = 'Could not find component',
): Component {
  const component = realm.components.find(({ id }) => id === params['componentId'])
  if (!component || isOfWorkflow(component)) throw notFound(missing)
  return component
}

/** @returns whether a setting of a key provider is one that this provider names; others are kept and act, but are not shown */
function isNamed({ providerType, providerId }: Component, name: string): boolean {
  if (providerType !== keyProviderType) return true
  const { properties } = componentProvider(providerType, providerId) ?? {}
  return properties?.some((property) => property.name === name) ?? true
}

/** @returns Keycloak's ComponentRepresentation: secrets masked, generated keys left out */
function componentRepresentation(component: Component) {
  const config = Object.entries(component.config)
    .filter(([name]) => isNamed(component, name) && !isGeneratedSetting(component, name))
    .map(([name, values]) => [name, values.map((one) => shownMember('component', name, one))])
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
