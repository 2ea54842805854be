import type { Database } from '../database/database.ts'
import { RemoteLoginFailures } from '../domains/credentials/login-failures/remote-login-failures.ts'
import type { LoginStateRecords } from '../domains/flows/login-state/login-state-records.ts'
import { RemoteLoginStates } from '../domains/flows/login-state/remote-login-states.ts'
import { StoredLoginStates } from '../domains/flows/login-state/stored-login-states.ts'
import type { RemoteSessionCaches } from '../domains/sessions/remote/remote-session-records.ts'
import { RemoteSingleUseObjects } from '../domains/sessions/remote-single-use-objects.ts'
import { customMetric } from '../http/management/http-timings.ts'
import { openRemoteStore } from '../remote-stores/open-remote-store.ts'
import type { RemoteStore } from '../remote-stores/remote-store.ts'
import type { DisposalStack } from '../shared/disposal-stack.ts'
import type { Foundation } from './foundation.ts'

/** What is kept in a remote store; null = in SQL. */
export interface RemoteKinds {
  readonly loginStates: LoginStateRecords
  readonly failures: RemoteLoginFailures | null
  readonly singleUse: RemoteSingleUseObjects | null
  /** Online sessions. */
  readonly sessions: RemoteSessionCaches | null
}

/** Everything in SQL. */
export function keptInSql(database: Database): RemoteKinds {
  return {
    loginStates: new StoredLoginStates(database),
    failures: null,
    singleUse: null,
    sessions: null,
  }
}

/**
 * Opens the remote store, if the settings name one, and says what is kept there.
 * @throws StartError of one line when it cannot be reached or used
 */
export async function composeRemoteStore(
  foundation: Foundation,
  running: DisposalStack,
): Promise<RemoteKinds> {
  const { settings, clock, loggers, database } = foundation
  const { remoteStore } = settings
  if (remoteStore === undefined) {
    return keptInSql(database)
  }
  const logger = loggers.of('org.infinispan.HOTROD')
  const store = running.use(await openRemoteStore({ settings: remoteStore, clock, logger }))
  show(store, foundation)
  const actionTokens = store.cache('actionTokens')
  return {
    loginStates: new RemoteLoginStates({ cache: store.cache('authenticationSessions'), database }),
    failures: new RemoteLoginFailures(store.cache('loginFailures')),
    singleUse: remoteStore.singleUse
      ? new RemoteSingleUseObjects(actionTokens, () => clock.now())
      : null,
    sessions: remoteStore.sessions
      ? { sessions: store.cache('sessions'), clientSessions: store.cache('clientSessions') }
      : null,
  }
}

/**
 * Health and metrics. A store that is away takes no node out of a balancer: it is away for all of them, and what does not
 * need it goes on.
 */
function show(store: RemoteStore, { health, metrics }: Foundation): void {
  health.add({
    name: 'Holdfast remote store health check',
    check: () => ({ up: true, data: { reachable: store.reachable } }),
  })
  const { counts } = store
  metrics.registerMetric(
    customMetric(
      'holdfast_remote_store_up',
      'Whether there is a connection.',
      'gauge',
      'max',
      () => [{ labels: {}, value: store.reachable ? 1 : 0 }],
    ),
  )
  metrics.registerMetric(
    customMetric(
      'holdfast_remote_store_reconnects_total',
      'Connections that took the place of lost ones.',
      'counter',
      'sum',
      () => [{ labels: {}, value: counts.reconnects }],
    ),
  )
  metrics.registerMetric(
    customMetric(
      'holdfast_remote_store_operations_total',
      'Operations on the remote store.',
      'counter',
      'sum',
      () =>
        counts.all.flatMap(({ cache, operation, done, failed }) => [
          { labels: { cache, operation, outcome: 'done' }, value: done },
          { labels: { cache, operation, outcome: 'failed' }, value: failed },
        ]),
    ),
  )
  metrics.registerMetric(
    customMetric(
      'holdfast_remote_store_operation_seconds_total',
      'Time spent on operations on the remote store.',
      'counter',
      'sum',
      () =>
        counts.all.map(({ cache, operation, seconds }) => ({
          labels: { cache, operation },
          value: seconds,
        })),
    ),
  )
}
