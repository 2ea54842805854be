import type { Client } from '../../../domains/clients/client.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'

type Deps = Pick<AdminDeps, 'clients'>

/** @returns the client that the path names, read from SQL. @throws HttpError 404 */
export async function requireClient(call: AdminCall<unknown, Deps>): Promise<Client> {
  const [client] = await call.deps.clients.byIds(call.realm.id, [call.params['clientUuid'] ?? ''])
  if (!client) throw notFound('Could not find client')
  return client
}
