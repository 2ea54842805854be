import type { Transaction } from '../../../database/database.ts'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { AdminDeps } from '../admin-deps.ts'

/** Built-in clients whose URLs hold the name of their realm, and the path before it. */
const namedUrls: readonly (readonly [clientId: string, before: string])[] = [
  ['account', '/realms/'],
  ['account-console', '/realms/'],
  ['security-admin-console', '/admin/'],
]

/** Makes what holds the realm's name follow a new one: its client in master, URLs of its own built-in clients. */
export async function renameRealm(
  deps: AdminDeps,
  tx: Transaction,
  realm: Realm,
  name: string,
): Promise<void> {
  await deps.realmImport.renamed(tx, realm, name)
  for (const [clientId, before] of namedUrls) {
    const client = await deps.clients.byClientId(realm.id, clientId)
    if (!client) continue
    const from = `${before}${realm.name}/`
    await deps.clients.update(tx, withUrls(client, from, `${before}${name}/`))
  }
}

function withUrls(client: Client, from: string, to: string): Client {
  const { baseUrl, redirectUris = [], ...rest } = client.representation
  const representation = {
    ...rest,
    ...(baseUrl === undefined ? {} : { baseUrl: baseUrl.replace(from, to) }),
    redirectUris: redirectUris.map((uri) => uri.replace(from, to)),
  }
  return { ...client, representation }
}
