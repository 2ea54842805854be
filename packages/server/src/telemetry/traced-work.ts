import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'

/** What is told of one piece of work that takes time. */
export interface TracedWork {
  /** Of the kind, not of the one: `SELECT`, `argon2`, `GET`. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number>>
  /** For work that leaves: headers that a listener may add to. */
  readonly headers?: Record<string, string>
}

type WorkChannel = TracingChannel<unknown, TracedWork>

/** Work within a request that takes time, told when it begins and ends. Nobody listens unless tracing is on. */
export const tracedWork = {
  sql: tracingChannel<unknown, TracedWork>('holdfast.work.sql'),
  hashing: tracingChannel<unknown, TracedWork>('holdfast.work.hashing'),
  outgoing: tracingChannel<unknown, TracedWork>('holdfast.work.outgoing'),
} satisfies Record<string, WorkChannel>

/** Does the work, and tells of it where somebody listens. @returns what it returns, or throws what it throws */
export async function traced<T>(
  channel: WorkChannel,
  describe: () => TracedWork,
  work: (headers: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  if (!channel.start.hasSubscribers) return await work({})
  const headers: Record<string, string> = {}
  const told = { ...describe(), headers }
  return await channel.tracePromise(async () => await work(headers), told)
}
