import { type RequestOptions, request } from 'node:http'
import { request as requestEncrypted } from 'node:https'
import { isIP } from 'node:net'
import type { RemoteAddress, RemoteStoreSettings } from '../remote-store-settings.ts'

/** Longest that the answer is waited for. */
const answerMs = 1_500
const unavailable = 503

/**
 * Asks an Infinispan server whether it is still starting. From 16.0 on one listens before its caches are there, and an
 * operation that needs one of them then waits in the thread that the start needs, too: on a machine with few processors
 * the server never gets ready. On the same port it speaks HTTP, and says at `/health/ready` how far it is.
 * @returns false also where nothing speaks HTTP there, or nothing knows that path: older servers listen when they are ready
 * @throws when there is no answer in time
 */
export async function isStarting(
  { host, port }: RemoteAddress,
  { tls }: Pick<RemoteStoreSettings, 'tls'>,
): Promise<boolean> {
  const signal = AbortSignal.timeout(answerMs)
  const named = isIP(host) === 0 ? { servername: host } : {}
  const options: RequestOptions = { host, port, path: '/health/ready', agent: false, signal }
  return await new Promise((resolve, reject) => {
    const asking =
      tls === undefined ? request(options) : requestEncrypted({ ...options, ...named, ...tls })
    asking.on('response', ({ statusCode }) => {
      resolve(statusCode === unavailable)
      asking.destroy()
    })
    asking.on('error', () => {
      if (signal.aborted) reject(new Error(`no answer within ${answerMs} ms`))
      else resolve(false)
    })
    asking.end()
  })
}
