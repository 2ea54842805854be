import { z } from 'zod'
import {
  type ClientCertificate,
  newClientCertificate,
} from '../../../domains/clients/client-certificate.ts'
import { readPkcs12, writtenPkcs12 } from '../../../domains/clients/pkcs12-file.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import { flag, integer, text } from '../../../domains/realms/scalars.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import type { MultipartBody } from '../multipart-body.ts'
import { managesClient, viewsClients } from '../permission.ts'
import { file } from '../representations/answer.ts'
import {
  keepAttributes,
  keyAttributes,
  keyPrefix,
  certificatesPath as path,
} from './client-key-attributes.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clientLifecycle' | 'clients' | 'keyStock' | 'keys'>

const usualKeyBits = 4_096
const keyBits: ReadonlySet<number> = new Set([2_048, 3_072, usualKeyBits])
/** Java's own formats; Java turns PKCS#12 into them. */
const javaFormats: ReadonlySet<string> = new Set(['JKS', 'BCFKS'])

const storeShape = {
  name: 'KeyStoreConfig',
  schema: z.strictObject({
    realmCertificate: flag,
    storePassword: text,
    keyPassword: text,
    keyAlias: text,
    realmAlias: text,
    format: text,
    keySize: integer,
    validity: integer,
  }),
}
type StoreBody = z.output<typeof storeShape.schema> | undefined

/** Keys of clients as PKCS#12 files. */
export function registerClientKeyStores(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<StoreBody>({
    method: 'POST',
    path: `${path}/download`,
    may: viewsClients,
    answer: file,
    body: storeShape,
    handle: async (call) => {
      const { attributes = {} } = (await requireClient(call)).representation
      requireFormat(call.body?.format)
      const prefix = keyPrefix(call)
      const privateKey = attributes[`${prefix}.private.key`]
      const certificate = attributes[`${prefix}.certificate`]
      if (!certificate) throw notFound('keypair not generated for client')
      if (privateKey && !call.body?.keyPassword) throw missing('key password for jks download')
      if (!call.body?.storePassword) throw missing('store password for jks download')
      return await send(call, { certificate, privateKey })
    },
  })
  routes.add<StoreBody>({
    method: 'POST',
    path: `${path}/generate-and-download`,
    may: managesClient,
    answer: file,
    body: storeShape,
    event: { operation: 'ACTION', resourceType: 'CLIENT', withoutBody: true },
    handle: async (call) => {
      const { body } = call
      const { id, clientId } = await requireClient(call)
      requireFormat(body?.format)
      if (!body?.keyPassword) throw missing('key password for jks generation and download')
      if (!body.storePassword) throw missing('store password for jks generation and download')
      const bits = body.keySize ?? usualKeyBits
      if (!keyBits.has(bits)) throw badRequest('The size of the key is not supported')
      const made = await newClientCertificate(clientId, deps.keyStock, bits)
      // The key is handed out and not kept: only its certificate is.
      const { certificate } = made
      call.describe({ representation: { certificate } })
      await keepAttributes(call, id, keyAttributes(keyPrefix(call), { certificate }))
      return await send(call, made)
    },
  })
}

/** @returns the key and certificate that an uploaded store holds under the alias of the form. @throws HttpError 400 */
export async function uploadedKeyStore(
  form: MultipartBody,
  format: string,
  file: Buffer,
): Promise<ClientCertificate | null> {
  if (javaFormats.has(format)) {
    throw badRequest(
      'error loading keystore',
      `${format} is Java's own. Convert it with: keytool -importkeystore -srckeystore <file> -destkeystore <file>.p12 -deststoretype PKCS12`,
    )
  }
  const alias = form.text('keyAlias') ?? ''
  const password = form.text('storePassword') || form.text('keyPassword') || ''
  try {
    return await readPkcs12(file, { alias, password })
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    throw badRequest('error loading keystore', error.message)
  }
}

async function send(call: AdminCall<StoreBody, Deps>, made: ClientCertificate) {
  const { body, deps, realm, reply } = call
  const alias = body?.keyAlias ?? ''
  const password = body?.storePassword ?? ''
  const others: string[] = []
  if (body?.realmCertificate !== false) {
    const active = deps.keys.ring(realm).active('SIG', 'RS256')
    if (active?.certificate) others.push(active.certificate)
  }
  const store = await writtenPkcs12(made, { alias, password }, others)
  return reply.type('application/octet-stream').send(store)
}

function missing(what: string): HttpError {
  return badRequest('password-missing', `Need to specify a ${what}`)
}

/** @throws HttpError 406 */
function requireFormat(format: string | undefined): void {
  if (format === undefined || format === 'PKCS12') return
  const error = 'Not supported keystore format. Supported keystore formats: [PKCS12]'
  if (!javaFormats.has(format)) throw new HttpError(406, { error })
  throw new HttpError(406, {
    error,
    error_description: `Java makes a ${format} store of it: keytool -importkeystore -srckeystore <file>.p12 -srcstoretype PKCS12 -destkeystore <file> -deststoretype ${format}`,
  })
}
