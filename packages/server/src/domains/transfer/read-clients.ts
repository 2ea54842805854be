import { newUuid } from '../../shared/random.ts'
import { readClient } from '../clients/client-reader.ts'
import type { ClientBody } from '../clients/client-schema.ts'
import { validateClient } from '../clients/validate-client.ts'
import { ModelError } from '../realms/model-error.ts'
import { mapperOf } from '../realms/protocol-mapper-schema.ts'
import { requireValidMappers } from '../realms/valid-mappers.ts'
import type { ClientExport, RealmRepresentation } from './representation.ts'

/**
 * Reads and checks the clients and client scopes of a realm that is imported as those that an administrator saves.
 * @param given with the members of its clients in their types (importableRealm)
 * @throws ModelError `input` that names the first client with a fault; `duplicate` for two mappers of one name
 */
export function withReadClients(given: RealmRepresentation): RealmRepresentation {
  const realm = { settings: { attributes: given.attributes ?? {} } }
  const clientScopes = given.clientScopes?.map(({ protocolMappers, ...scope }) => {
    if (!protocolMappers) return scope
    const mappers = protocolMappers.map((mapper) => mapperOf(mapper, newUuid))
    requireValidMappers(mappers)
    return { ...scope, protocolMappers: mappers }
  })
  const clients = given.clients?.map((client): ClientExport => {
    const { id, clientId, enabled, members } = readClient(client as Partial<ClientBody>, newUuid)
    if (clientId === undefined) throw new ModelError('invalid', 'A client has no clientId')
    try {
      validateClient({ ...members, clientId }, realm)
    } catch (error) {
      if (!(error instanceof ModelError)) throw error
      throw new ModelError('input', `Client ${clientId}: ${error.message}`)
    }
    requireValidMappers(members.protocolMappers)
    return {
      ...members,
      clientId,
      ...(id ? { id } : {}),
      ...(enabled === undefined ? {} : { enabled }),
    }
  })
  return { ...given, ...(clients ? { clients } : {}), ...(clientScopes ? { clientScopes } : {}) }
}
