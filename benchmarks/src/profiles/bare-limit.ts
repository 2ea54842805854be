import { bareRouteLimit } from '../limits/machine-limits.ts'
import type { Limit } from './measure.ts'

const limitSeconds = 0.7

/**
 * The rate of a bare route whose answers have this many bytes, under as many connections.
 * @param limit how it is measured otherwise than usual
 */
export function bareLimit(
  bodyBytes: number,
  connections: number,
  limit: Pick<Limit, 'turns'> = {},
): Limit {
  return {
    ...limit,
    name: `bare Fastify route, ${bodyBytes} bytes`,
    perSecond: () =>
      bareRouteLimit(bodyBytes, { connections, warmupSeconds: 0.7, seconds: limitSeconds }),
  }
}
