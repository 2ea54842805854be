import type { Logger } from 'pino'
import { localCacheBound } from '../config/local-cache-bound.ts'
import type { ServerSettings } from '../config/server-settings.ts'
import { ClientKeys } from '../domains/clients/keys/client-keys.ts'
import { JwkDocuments } from '../domains/clients/keys/jwk-documents.ts'
import { OutgoingRequests } from '../http/outgoing-requests.ts'
import type { Clock } from '../shared/clock.ts'

/** Keys of clients, with those that they publish. */
export function composeClientKeys(
  clock: Clock,
  log: Pick<Logger, 'warn'>,
  { outgoing, values }: Pick<ServerSettings, 'outgoing' | 'values'>,
): ClientKeys {
  const documents = new OutgoingRequests(outgoing)
  return new ClientKeys({
    documents: new JwkDocuments({
      clock,
      documentsMax: localCacheBound(values, 'keys'),
      fetchText: (url) => documents.text(url),
      onFailure: (url, reason) => log.warn(`No keys were read from ${url}: ${reason}`),
    }),
  })
}
