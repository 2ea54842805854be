import { X509Certificate } from 'node:crypto'
import type { RealmKey } from '../../domains/keys/realm-key.ts'
import type { AdminDeps } from './admin-deps.ts'
import type { AdminRoutes } from './admin-routes.ts'
import { anyOf } from './permission.ts'
import { keysAnswer } from './representations/key.ts'

type Deps = Pick<AdminDeps, 'keys'>

/** `GET /keys`: all keys of the realm, and which one is used for each algorithm. */
export function registerKeys(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/keys',
    may: anyOf(['view-realm', 'manage-realm']),
    answer: keysAnswer,
    handle: async ({ realm }) => {
      const { keys } = deps.keys.ring(realm)
      const active: Record<string, string> = {}
      for (const key of keys) {
        if (key.status === 'ACTIVE') active[key.algorithm] ??= key.kid
      }
      return { active, keys: keys.map(keyMetadata) }
    },
  })
}

function keyMetadata(key: RealmKey) {
  return {
    providerId: key.componentId,
    providerPriority: key.providerPriority,
    kid: key.kid,
    status: key.status,
    type: key.type,
    algorithm: key.algorithm,
    ...(key.publicKey === null
      ? {}
      : {
          publicKey: key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
        }),
    ...(key.certificate === null ? {} : certificateOf(key.certificate)),
    use: key.use,
  }
}

function certificateOf(certificate: string) {
  const { validTo } = new X509Certificate(Buffer.from(certificate, 'base64'))
  return { certificate, validTo: Date.parse(validTo) }
}
