import type { Client } from './client.ts'

/** Verbs that other folders use. Cached: kind `realms`, tags `client:{id}` and `client-id:{realmId}:{clientId}`. */
export interface Clients {
  byClientId(realmId: string, clientId: string): Promise<Client | null>
  byId(realmId: string, id: string): Promise<Client | null>
}
