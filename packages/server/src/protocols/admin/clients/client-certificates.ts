import { X509Certificate } from 'node:crypto'
import type { Client } from '../../../domains/clients/client.ts'
import {
  type ClientCertificate,
  newClientCertificate,
} from '../../../domains/clients/client-certificate.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { MultipartBody } from '../multipart-body.ts'
import { managesClient, viewsClients } from '../permission.ts'
import { requireClient } from './require-client.ts'

const path = '/clients/:clientUuid/certificates/:attribute'
/** Prefixes of attributes that a key may be kept under. */
const attributeShape = /^[A-Za-z0-9._-]{1,100}$/
const keyStores: ReadonlySet<string> = new Set(['JKS', 'PKCS12', 'BCFKS'])

/** Keys and certificates in attributes of a client: `jwt.credential`, `saml.signing`, `saml.encryption`. */
export function registerClientCertificates(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path,
    may: viewsClients,
    handle: async (call) => {
      const { attributes = {} } = (await requireClient(call)).representation
      const prefix = prefixOf(call)
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
    event: { operation: 'ACTION', resourceType: 'CLIENT', withoutBody: true },
    handle: async (call) => {
      const { id, clientId } = await requireClient(call)
      const made = await newClientCertificate(clientId, deps.keyStock)
      await keep(call, id, keyAttributes(prefixOf(call), made))
      return { privateKey: made.privateKey, certificate: made.certificate }
    },
  })
  for (const suffix of ['/upload', '/upload-certificate']) {
    routes.add({
      method: 'POST',
      path: `${path}${suffix}`,
      may: managesClient,
      event: { operation: 'ACTION', resourceType: 'CLIENT', withoutBody: true },
      handle: async (call) => {
        const { id } = await requireClient(call)
        const form = await MultipartBody.of(call.request)
        const format = form.text('keystoreFormat')
        if (format === undefined) throw badRequest('keystoreFormat cannot be null')
        const file = form.file('file')
        if (file === undefined) throw badRequest('file cannot be empty')
        const { attributes, answer } = uploaded(prefixOf(call), format, file)
        await keep(call, id, attributes)
        return answer
      },
    })
  }
}

function prefixOf(call: AdminCall): string {
  const prefix = call.params['attribute'] ?? ''
  if (!attributeShape.test(prefix)) throw badRequest('The name of the attribute is not usable')
  return prefix
}

/** A certificate takes the place of a private key that belonged to another. */
function keyAttributes(prefix: string, { certificate, privateKey }: ClientCertificate) {
  return {
    [`${prefix}.certificate`]: certificate,
    [`${prefix}.private.key`]: privateKey ?? '',
    [`${prefix}.public.key`]: '',
  }
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
  if (keyStores.has(format)) {
    throw badRequest(
      'error loading keystore',
      'Key stores are not read here. Export the certificate with: keytool -exportcert -rfc -alias <alias> -keystore <file>',
    )
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

/** An attribute without a text goes. */
async function keep(call: AdminCall, id: string, changed: Record<string, string>): Promise<void> {
  const change = (client: Client): Client => {
    const merged = Object.entries({ ...client.representation.attributes, ...changed })
    const attributes = Object.fromEntries(merged.filter(([, text]) => text !== ''))
    return { ...client, representation: { ...client.representation, attributes } }
  }
  await call.deps.clientLifecycle.change(call.realm, id, change, await call.ownTrace())
}
