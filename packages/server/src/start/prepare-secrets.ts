import { SqlAuthorityStore } from '../clustering/authority-store.ts'
import type { Foundation } from '../composition/foundation.ts'
import { noteSealingComplete, sealingIsPending } from '../database/encryption-check-store.ts'
import type { Clients } from '../domains/clients/clients.ts'
import type { Credentials } from '../domains/credentials/credentials.ts'
import { ClusterKeys, loginStatePurpose } from '../domains/flows/login-state/cluster-keys.ts'
import type { Mails } from '../domains/mails/mails.ts'
import type { Realms } from '../domains/realms/realms.ts'

/** What holds secrets besides the cluster. */
export interface Sealed {
  readonly realms: Pick<Realms, 'resealSecrets'>
  readonly clients: Pick<Clients, 'resealSecrets'>
  readonly credentials: Pick<Credentials, 'resealSecrets'>
  readonly mails: Pick<Mails, 'reseal'>
}

/**
 * Brings everything under the current encryption key, when it is new to the database or an earlier one is still configured,
 * and makes the cluster's first key for logins: the first page of a login writes nothing.
 */
export async function prepareSecrets(
  { database, secretBox, clock, settings, loggers }: Foundation,
  { realms, clients, credentials, mails }: Sealed,
): Promise<void> {
  const { encryptionKeys } = settings
  const keys = new ClusterKeys({ database, secretBox, clock, purpose: loginStatePurpose })
  if (await sealingIsPending(database, secretBox, encryptionKeys)) {
    await realms.resealSecrets()
    await clients.resealSecrets()
    await credentials.resealSecrets()
    await mails.reseal()
    await keys.reseal()
    const authorities = new SqlAuthorityStore(database, secretBox)
    await authorities.change(async (all) => (all.length === 0 ? null : all))
    await noteSealingComplete(database, secretBox)
    const earlier =
      encryptionKeys.length > 1
        ? '; once all nodes were started with it in the first place, the others can be dropped'
        : ''
    const logger = loggers.of('org.keycloak.database')
    logger.info(`All secrets in the database are encrypted with the current key${earlier}`)
  }
  await keys.current()
}
