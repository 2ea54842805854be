import type { ClientRepresentation } from '../clients/client.ts'
import { validateClient } from '../clients/validate-client.ts'
import { ModelError } from '../realms/model-error.ts'
import type { RealmRepresentation } from './representation.ts'

/**
 * Checks the clients of a realm that is imported as those that an administrator saves.
 * @throws ModelError `input` that names the first client with a fault
 */
export function requireValidClients({ clients, attributes }: RealmRepresentation): void {
  const realm = { settings: { attributes: attributes ?? {} } }
  for (const client of clients ?? []) {
    try {
      validateClient({ ...withoutNulls(client), clientId: client.clientId }, realm)
    } catch (error) {
      if (!(error instanceof ModelError)) throw error
      throw new ModelError('input', `Client ${client.clientId}: ${error.message}`)
    }
  }
}

/** Null counts as absent. */
function withoutNulls(client: ClientRepresentation): ClientRepresentation {
  const present = (members: object) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))
  return { ...present(client), attributes: present(client.attributes ?? {}) }
}
