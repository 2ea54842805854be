import { z } from 'zod'
import type { InitialAccess } from '../../../domains/tokens/initial-access.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { HttpError } from '../../../http/http-error.ts'
import { placesOf } from '../../../login/request-places.ts'
import { created } from '../admin-answer.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { initialAccessAnswer } from '../representations/client.ts'

type Deps = Pick<AdminDeps, 'registrationTokens' | 'urls'>

const path = '/clients-initial-access'
const resourceType = 'CLIENT_INITIAL_ACCESS_MODEL'
/** Web origins of one token, which all stand in it. */
const originsMax = 50
const originCharactersMax = 255
const wish = z.object({
  expiration: z.number().nullish(),
  count: z.number().nullish(),
  webOrigins: z.array(z.string().max(originCharactersMax)).max(originsMax).nullish(),
})
const bodyShape = { name: 'ClientInitialAccessCreatePresentation', schema: wish }

/** `GET`, `POST` and `DELETE /clients-initial-access`: leave to register clients. */
export function registerInitialAccess(routes: AdminRoutes<Deps>, deps: Deps): void {
  const { registrationTokens } = deps
  routes.add({
    method: 'GET',
    path,
    may: anyOf(['view-clients', 'manage-clients']),
    answer: listOf(initialAccessAnswer),
    handle: async ({ realm }) =>
      (await registrationTokens.initialAccesses(realm)).map((access) => represented(access)),
  })
  routes.add<z.output<typeof wish> | undefined>({
    method: 'POST',
    path,
    may: anyOf(['manage-clients']),
    answer: initialAccessAnswer,
    body: bodyShape,
    handle: async (call) => {
      const { realm, request } = call
      const expiration = call.body?.expiration ?? 0
      const count = call.body?.count ?? 1
      requirePositive('expiration', 'expiration time interval', expiration)
      requirePositive('count', 'count', count)
      const issuer = issuerOf(placesOf(deps, request, realm), realm)
      const { access, token } = await registrationTokens.giveInitialAccess(
        realm,
        issuer,
        { expiration, count, origins: call.body?.webOrigins ?? [] },
        async (id) =>
          await call.trace('CREATE', resourceType, `clients-initial-access/${id}`, {
            expiration,
            count,
          }),
      )
      const { id, ...rest } = represented(access)
      return created(call.reply, `${call.realmUrl}/clients-initial-access/${id}`, {
        id,
        token,
        ...rest,
      })
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:accessId`,
    may: anyOf(['manage-clients']),
    handle: async (call) => {
      const id = call.params['accessId'] ?? ''
      const trace = await call.trace('DELETE', resourceType, `clients-initial-access/${id}`)
      await registrationTokens.removeInitialAccess(call.realm, id, trace)
    },
  })
}

function requirePositive(name: string, meaning: string, value: number): void {
  if (value >= 0) return
  throw new HttpError(400, {
    error: `Invalid value for ${name}`,
    error_description: `The ${meaning} cannot be less than 0`,
  })
}

/** Seconds, as everywhere in Admin REST. */
function represented({ id, createdAt, expiresAt, count, remaining }: InitialAccess) {
  return {
    id,
    timestamp: Math.floor(createdAt / 1_000),
    expiration: expiresAt === null ? 0 : Math.round((expiresAt - createdAt) / 1_000),
    count,
    remainingCount: remaining,
  }
}
