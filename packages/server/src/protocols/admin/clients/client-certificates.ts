import { X509Certificate } from 'node:crypto'
import { newClientCertificate } from '../../../domains/clients/client-certificate.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { MultipartBody } from '../multipart-body.ts'
import { managesClient, viewsClients } from '../permission.ts'
import { certificateAnswer } from '../representations/client.ts'
import {
  keepAttributes,
  keyAttributes,
  keyPrefix,
  certificatesPath as path,
} from './client-key-attributes.ts'
import { uploadedKeyStore } from './client-key-stores.ts'
import { requireClient } from './require-client.ts'

const keyStores: ReadonlySet<string> = new Set(['JKS', 'PKCS12', 'BCFKS'])

/** Keys and certificates in attributes of a client: `jwt.credential`, `saml.signing`, `saml.encryption`. */
export function registerClientCertificates(routes: AdminRoutes, deps: AdminDeps): void {
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
          : uploaded(keyPrefix(call), format, file.toString('utf8'))
        await keepAttributes(call, id, attributes)
        return answer
      },
    })
  }
}

async function storeUploaded(call: AdminCall, form: MultipartBody, format: string, file: Buffer) {
  const found = await uploadedKeyStore(form, format, file)
  if (found === null) throw notFoundInStore()
  // Who uploads a certificate keeps the key to themselves.
  const { certificate } = found
  const kept = call.request.url.endsWith('/upload-certificate') ? { certificate } : found
  return { attributes: keyAttributes(keyPrefix(call), kept), answer: kept }
}

/** @throws HttpError 400 for what holds no key or certificate */
function uploaded(prefix: string, format: string, file: string) {
  if (format === 'Certificate PEM') {
    const certificate = certificateOf(file)
    return {
      attributes: keyAttributes(prefix, { certificate }),
      answer: { certificate },
    }
  }
  if (format === 'JSON Web Key Set') {
    if (!hasKeys(file)) throw notFoundInStore()
    const attributes = { 'jwks.string': file, 'use.jwks.string': 'true', 'use.jwks.url': 'false' }
    return { attributes, answer: { jwks: file } }
  }
  if (format === 'Public Key PEM') {
    const publicKey = pemContent(file)
    const attributes = {
      ...keyAttributes(prefix, { certificate: '' }),
      [`${prefix}.public.key`]: publicKey,
    }
    return { attributes, answer: { publicKey } }
  }
  throw badRequest('Not supported keystore format')
}

const notFoundInStore = () =>
  badRequest(
    'certificate-not-found',
    'Certificate or key with given alias not found in the keystore',
  )

function hasKeys(text: string): boolean {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown }
    return Array.isArray(keys) && keys.length > 0
  } catch {
    return false
  }
}

function certificateOf(pem: string): string {
  try {
    const text = pem.includes('-----BEGIN')
      ? pem
      : `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----`
    return new X509Certificate(text).raw.toString('base64')
  } catch {
    throw notFoundInStore()
  }
}

function pemContent(pem: string): string {
  const content = pem.replace(/-----(?:BEGIN|END)[^-]*-----/g, '').replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/]+=*$/.test(content)) throw notFoundInStore()
  return content
}
