import { AccessLog } from '../http/access-log.ts'
import { seen } from '../http/seen-request.ts'
import type { LineSink } from '../log/line-sink.ts'
import type { Foundation } from './foundation.ts'

/** @returns what logs requests, to the file if there is one and else as any other line; undefined where nobody wants that */
export function composeAccessLog(
  { settings: { accessLog }, loggers, urls }: Pick<Foundation, 'settings' | 'loggers' | 'urls'>,
  file: LineSink | undefined,
): AccessLog | undefined {
  if (accessLog === undefined) return undefined
  const { exclude } = accessLog
  const logger = loggers.of('org.keycloak.http.access-log')
  return new AccessLog({
    settings: accessLog,
    excludes: (path) => exclude?.test(path) === true,
    clientAddress: (request) => urls.clientAddress(seen(request)),
    write: (line) => {
      if (file === undefined) logger.info({ severalLines: true }, line)
      else file.write(`${line}\n`)
    },
  })
}
