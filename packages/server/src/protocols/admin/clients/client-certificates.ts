import { newClientCertificate } from '../../../domains/clients/client-certificate.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { MultipartBody } from '../multipart-body.ts'
import { managesClient, viewsClients } from '../permission.ts'
import { certificateAnswer } from '../representations/client.ts'
import { notFoundInStore, uploadedKey } from '../uploaded-key.ts'
import {
  keepAttributes,
  keyAttributes,
  keyPrefix,
  certificatesPath as path,
} from './client-key-attributes.ts'
import { uploadedKeyStore } from './client-key-stores.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clientLifecycle' | 'clients' | 'keyStock'>

const keyStores: ReadonlySet<string> = new Set(['JKS', 'PKCS12', 'BCFKS'])

/** Keys and certificates in attributes of a client: `jwt.credential`, `saml.signing`, `saml.encryption`. */
export function registerClientCertificates(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path,
    may: viewsClients,
    answer: certificateAnswer,
    handle: async (call) => {
      const { attributes = {} } = (await requireClient(call)).representation
      const prefix = keyPrefix(call)
      const privateKey = attributes[`${prefix}.private.key`]
      const certificate = attributes[`${prefix}.certificate`]
      const publicKey = attributes[`${prefix}.public.key`]
      return {
        ...(privateKey ? { privateKey } : {}),
        ...(publicKey ? { publicKey } : {}),
        ...(certificate ? { certificate } : {}),
      }
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/generate`,
    may: managesClient,
    answer: certificateAnswer,
    event: { operation: 'ACTION', resourceType: 'CLIENT', withoutBody: true },
    handle: async (call) => {
      const { id, clientId } = await requireClient(call)
      const made = await newClientCertificate(clientId, deps.keyStock)
      await keepAttributes(call, id, keyAttributes(keyPrefix(call), made))
      return { privateKey: made.privateKey, certificate: made.certificate }
    },
  })
  for (const suffix of ['/upload', '/upload-certificate']) {
    routes.add({
      method: 'POST',
      path: `${path}${suffix}`,
      may: managesClient,
      answer: certificateAnswer,
      event: { operation: 'ACTION', resourceType: 'CLIENT', withoutBody: true },
      handle: async (call) => {
        const { id } = await requireClient(call)
        const form = await MultipartBody.of(call.request)
        const format = form.text('keystoreFormat')
        if (format === undefined) throw badRequest('keystoreFormat cannot be null')
        const file = form.file('file')
        if (file === undefined) throw badRequest('file cannot be empty')
        const { attributes, answer } = keyStores.has(format)
          ? await storeUploaded(call, form, format, file)
          : fileUploaded(keyPrefix(call), format, file.toString('utf8'))
        await keepAttributes(call, id, attributes)
        return answer
      },
    })
  }
}

async function storeUploaded(
  call: AdminCall<unknown, Deps>,
  form: MultipartBody,
  format: string,
  file: Buffer,
) {
  const found = await uploadedKeyStore(form, format, file)
  if (found === null) throw notFoundInStore()
  // Who uploads a certificate keeps the key to themselves.
  const { certificate } = found
  const kept = call.request.url.endsWith('/upload-certificate') ? { certificate } : found
  return { attributes: keyAttributes(keyPrefix(call), kept), answer: kept }
}

function fileUploaded(prefix: string, format: string, file: string) {
  const answer = uploadedKey(format, file)
  const { certificate = '', publicKey, jwks } = answer
  if (jwks !== undefined) {
    const attributes = { 'jwks.string': jwks, 'use.jwks.string': 'true', 'use.jwks.url': 'false' }
    return { attributes, answer }
  }
  const attributes = keyAttributes(prefix, { certificate })
  if (publicKey === undefined) return { attributes, answer }
  return { attributes: { ...attributes, [`${prefix}.public.key`]: publicKey }, answer }
}
