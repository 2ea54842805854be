import type { AdminTrace } from '../../../domains/events/admin-event.ts'
import type { Providers } from '../../../domains/providers/providers.ts'
import {
  mapperOf,
  type ProtocolMapperBody,
  withLaterSwitches,
} from '../../../domains/realms/protocol-mapper-schema.ts'
import type { ProtocolMapper } from '../../../domains/realms/realm.ts'
import { requireMapperChoices } from '../../../domains/realms/valid-mappers.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { duplicateResource, notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { managesClient, viewsClients } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import {
  protocolMapperAnswer,
  protocolMapperShape,
  protocolMappersShape,
} from '../representations/protocol-mapper.ts'
import { placeOf } from '../route-event.ts'

type Deps = Pick<AdminDeps, 'providers'>

/** Where mappers live: in a client or in a client scope. `Own` is what it needs to find them. */
export interface MapperPlace<Own> {
  /** `/clients/:clientUuid` or `/client-scopes/:scopeId`. */
  readonly path: string
  /** @throws HttpError 404 */
  read(call: AdminCall<unknown, Own>): Promise<readonly ProtocolMapper[]>
  /** Looks at a mapper before it is saved. @throws HttpError 400 */
  check?(call: AdminCall<unknown, Own>, mapper: ProtocolMapper): Promise<void>
  /** Changes the mappers and records it, in one transaction. */
  change(
    call: AdminCall<unknown, Own>,
    change: (mappers: readonly ProtocolMapper[]) => ProtocolMapper[],
    trace?: AdminTrace,
  ): Promise<void>
}

/** Registers the endpoints of protocol mappers, the same for clients and client scopes. */
export function registerProtocolMappers<Own>(
  routes: AdminRoutes<Own>,
  { providers }: Deps,
  place: MapperPlace<Own>,
): void {
  const models = `${place.path}/protocol-mappers/models`
  routes.add({
    method: 'GET',
    path: models,
    may: viewsClients,
    answer: listOf(protocolMapperAnswer),
    handle: async (call) => await place.read(call),
  })
  routes.add({
    method: 'GET',
    path: `${place.path}/protocol-mappers/protocol/:protocol`,
    may: viewsClients,
    answer: listOf(protocolMapperAnswer),
    handle: async (call) => {
      const mappers = await place.read(call)
      return mappers.filter(({ protocol }) => protocol === call.params['protocol'])
    },
  })
  routes.add({
    method: 'GET',
    path: `${models}/:mapperId`,
    may: viewsClients,
    answer: protocolMapperAnswer,
    handle: async (call) => found(await place.read(call), call),
  })
  registerAdding(routes, providers, place)
  registerChanging(routes, providers, place)
}

function registerAdding<Own>(
  routes: AdminRoutes<Own>,
  providers: Providers,
  place: MapperPlace<Own>,
): void {
  const models = `${place.path}/protocol-mappers/models`
  routes.add<ProtocolMapperBody | undefined>({
    method: 'POST',
    path: models,
    may: managesClient,
    body: protocolMapperShape,
    handle: async (call) => {
      await place.read(call)
      const mapper = newMapper(providers, call.body)
      await place.check?.(call, mapper)
      const below = models.slice(1).replace(/:(\w+)/g, (_, name: string) => call.params[name] ?? '')
      const trace = await call.trace(
        'CREATE',
        'PROTOCOL_MAPPER',
        `${below}/${mapper.id}`,
        call.body,
      )
      await place.change(call, (mappers) => [...mappers, unique(mappers, mapper)], trace)
      return created(call.reply, `${call.realmUrl}/${below}/${mapper.id}`)
    },
  })
  routes.add<ProtocolMapperBody[] | undefined>({
    method: 'POST',
    path: `${place.path}/protocol-mappers/add-models`,
    may: managesClient,
    body: protocolMappersShape,
    handle: async (call) => {
      await place.read(call)
      const added = (call.body ?? []).map((each) => newMapper(providers, each))
      for (const mapper of added) await place.check?.(call, mapper)
      const below = place.path.slice(1).replace(/:(\w+)/g, (_, name) => call.params[name] ?? '')
      const path = `${below}/protocol-mappers/add-models`
      const trace = await call.trace('CREATE', 'PROTOCOL_MAPPER', path, call.body)
      await place.change(
        call,
        (mappers) => {
          const all = [...mappers]
          for (const mapper of added) all.push(unique(all, mapper))
          return all
        },
        trace,
      )
    },
  })
}

function registerChanging<Own>(
  routes: AdminRoutes<Own>,
  providers: Providers,
  place: MapperPlace<Own>,
): void {
  const path = `${place.path}/protocol-mappers/models/:mapperId`
  routes.add<ProtocolMapperBody | undefined>({
    method: 'PUT',
    path,
    may: managesClient,
    body: protocolMapperShape,
    handle: async (call) => {
      const present = found(await place.read(call), call)
      const body = call.body ?? ({} as ProtocolMapperBody)
      const next = {
        ...withLaterSwitches(mapperOf(body, newUuid)),
        id: present.id,
        name: body.name ?? present.name,
        protocol: body.protocol ?? present.protocol,
      }
      requireKnown(providers, next)
      await place.check?.(call, next)
      const at = placeOf(path, call.params)
      await place.change(
        call,
        (mappers) => mappers.map((mapper) => (mapper.id === present.id ? next : mapper)),
        await call.trace('UPDATE', 'PROTOCOL_MAPPER', at, body),
      )
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: managesClient,
    handle: async (call) => {
      const present = found(await place.read(call), call)
      const at = placeOf(path, call.params)
      await place.change(
        call,
        (mappers) => mappers.filter(({ id }) => id !== present.id),
        await call.trace('DELETE', 'PROTOCOL_MAPPER', at),
      )
    },
  })
}

function newMapper(providers: Providers, body: ProtocolMapperBody | undefined): ProtocolMapper {
  if (!body?.name || !body.protocol) throw duplicateResource()
  const mapper = withLaterSwitches(mapperOf(body, newUuid))
  requireKnown(providers, mapper)
  return mapper
}

function requireKnown(providers: Providers, mapper: ProtocolMapper): void {
  if (!providers.find('protocol-mapper', mapper.protocolMapper))
    throw notFound('ProtocolMapper provider not found')
  requireMapperChoices([mapper])
}

function unique(mappers: readonly ProtocolMapper[], mapper: ProtocolMapper): ProtocolMapper {
  const taken = mappers.some(
    (m) => m.id === mapper.id || (m.name === mapper.name && m.protocol === mapper.protocol),
  )
  if (taken) throw refused(409, 'Protocol mapper exists with same name')
  return mapper
}

function found(mappers: readonly ProtocolMapper[], call: AdminCall): ProtocolMapper {
  const mapper = mappers.find(({ id }) => id === call.params['mapperId'])
  if (!mapper) throw notFound('Model not found')
  return mapper
}
