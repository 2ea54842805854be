import type { Logger } from '../log/logger.ts'
import type { Clock } from '../shared/clock.ts'
import { StartError } from '../shared/start-error.ts'
import type { OpenRemoteConnection } from './remote-connection.ts'
import { RemoteStoreRefused } from './remote-connection.ts'
import { RemoteStore } from './remote-store.ts'
import type { RemoteStoreSettings } from './remote-store-settings.ts'

export interface OpenRemoteStoreDeps {
  readonly settings: RemoteStoreSettings
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Opens the store that the settings name. What speaks with it is loaded now: a server without one does not need it.
 * @throws StartError of one line when the store cannot be reached or used
 */
export async function openRemoteStore(deps: OpenRemoteStoreDeps): Promise<RemoteStore> {
  const { settings, clock, logger } = deps
  try {
    return await RemoteStore.open({ open: await opener(deps), clock, logger })
  } catch (error) {
    const places = settings.addresses.map(({ host, port }) => `${host}:${port}`).join(', ')
    const text = textOf(error).split('\n')[0]?.trim()
    const what = error instanceof RemoteStoreRefused ? 'cannot be used' : 'cannot be reached'
    throw new StartError(`cache-remote-host: the remote store at ${places} ${what}: ${text}`, {
      cause: error,
    })
  }
}

/** A name with several addresses fails with an error for each, and says nothing itself. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return textOf(error.errors.at(-1))
  return error instanceof Error ? error.message : String(error)
}

async function opener(deps: OpenRemoteStoreDeps): Promise<OpenRemoteConnection> {
  const { settings, logger } = deps
  if (settings.type === 'infinispan') {
    const { hotRodOpener } = await import('./hot-rod/open-hot-rod.ts')
    return hotRodOpener(settings)
  }
  const { openValkey } = await import('./valkey/open-valkey.ts')
  const said = new Set<string>()
  const warnOnce = (line: string) => {
    if (!said.has(line)) logger.warn(line)
    said.add(line)
  }
  return () => openValkey(settings, warnOnce)
}
