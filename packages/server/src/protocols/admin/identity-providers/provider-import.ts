import { z } from 'zod'
import {
  openidKinds,
  settingsFromMetadata,
} from '../../../domains/identity-providers/provider-metadata.ts'
import { mappersOfKind } from '../../../domains/providers/catalogue/identity-providers.ts'
import { text } from '../../../domains/realms/scalars.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { MultipartBody } from '../multipart-body.ts'
import { anyOf } from '../permission.ts'
import { boolean, plainText, string, stringMap } from '../representations/answer.ts'
import { certificateAnswer } from '../representations/client.ts'
import { mapperTypeAnswer } from '../representations/identity-provider.ts'
import { jsonBody } from '../request-body.ts'
import { propertyRepresentation } from '../server-info/provider-descriptions.ts'
import { uploadedKey } from '../uploaded-key.ts'
import { requireProvider } from './require-provider.ts'

type Deps = Pick<AdminDeps, 'identityProviders' | 'log' | 'outgoingRequests' | 'providers'>

const view = anyOf(['view-identity-providers', 'manage-identity-providers'])
const manage = anyOf(['manage-identity-providers'])
const path = '/identity-provider/instances/:alias'

const importShape = {
  name: 'Map',
  schema: z.looseObject({ providerId: text, fromUrl: text }),
}

/** What helps to set up an identity provider: its metadata, its keys, and the mappers that it may have. */
export function registerProviderImport(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'POST',
    path: '/identity-provider/import-config',
    may: manage,
    answer: stringMap,
    handle: async (call) => await importedConfig(call),
  })
  routes.add({
    method: 'POST',
    path: '/identity-provider/upload-certificate',
    may: manage,
    answer: certificateAnswer,
    handle: async ({ request }) => {
      const form = await MultipartBody.of(request)
      const format = form.text('keystoreFormat')
      if (format === undefined) throw badRequest('keystoreFormat cannot be null')
      const file = form.file('file')
      if (file === undefined) throw badRequest('file cannot be empty')
      return uploadedKey(format, file.toString('utf8'))
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/mapper-types`,
    may: view,
    answer: z.record(string, mapperTypeAnswer),
    handle: async (call) => {
      const { providerId } = await requireProvider(deps, call)
      const types = mappersOfKind(providerId).map(({ id, name, help, category, properties }) => {
        return [
          id,
          {
            id,
            name,
            category,
            helpText: help,
            properties: properties.map(propertyRepresentation),
          },
        ] as const
      })
      return Object.fromEntries(types)
    },
  })
  registerKeysAndExport(routes, deps)
}

function registerKeysAndExport(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: `${path}/export`,
    may: view,
    query: { format: 'text' },
    answer: plainText,
    handle: async (call) => {
      const { providerId } = await requireProvider(deps, call)
      // Only SAML has something to export: the descriptor of this server for the other side.
      if (providerId !== 'saml') {
        return undefined
      }
      throw new HttpError(501, {
        error: 'Feature not enabled',
        error_description: 'SAML descriptors are not made by this server.',
      })
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/reload-keys`,
    may: manage,
    answer: boolean,
    // Keys of identity providers are not kept here, so that there are none to be read anew.
    handle: async (call) => {
      const { providerId, config } = await requireProvider(deps, call)
      return openidKinds.has(providerId) && config['useJwksUrl'] === 'true'
    },
  })
}

async function importedConfig(call: AdminCall<unknown, Deps>): Promise<Record<string, string>> {
  const { request } = call
  if (Buffer.isBuffer(request.body)) {
    const form = await MultipartBody.of(request)
    const providerId = form.text('providerId')
    const file = form.file('file')
    if (!providerId || !file) throw badRequest('HTTP 400 Bad Request')
    requireKind(call, providerId)
    return settingsFromMetadata(providerId, file.toString('utf8'))
  }
  const { providerId, fromUrl } = jsonBody(request, importShape) ?? {}
  if (!providerId || !fromUrl) throw badRequest('HTTP 400 Bad Request')
  requireKind(call, providerId)
  const fetched = await metadataAt(call, fromUrl)
  return { ...settingsFromMetadata(providerId, fetched), metadataDescriptorUrl: fromUrl }
}

/** @throws HttpError 400 for a kind of identity provider that does not exist */
function requireKind({ deps }: AdminCall<unknown, Deps>, providerId: string): void {
  const { providers } = deps
  if (providers.find('identity_provider', providerId) ?? providers.find('social', providerId))
    return
  throw badRequest('HTTP 400 Bad Request')
}

/** Asks the other side, within the limits of all requests that this server sends. @throws HttpError 400 */
async function metadataAt({ deps }: AdminCall<unknown, Deps>, url: string): Promise<string> {
  try {
    return await deps.outgoingRequests.text(url)
  } catch (error) {
    // Why is for the log: answers would tell what listens where in this server's network.
    deps.log.warn(`The metadata of an identity provider were not read: ${(error as Error).message}`)
    throw refused(400, `Could not read ${url}`)
  }
}
