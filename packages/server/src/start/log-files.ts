import type { ServerSettings } from '../config/server-settings.ts'
import type { LineSink } from '../log/line-sink.ts'
import { RotatingFile } from '../log/rotating-file.ts'
import type { DisposalStack } from '../shared/disposal-stack.ts'

/** The files that lines of this machine's server go to; one process writes them, for the others too. */
export interface LogFiles {
  readonly log: LineSink | undefined
  readonly access: LineSink | undefined
}

/** Which of them. */
export type LogFileName = keyof LogFiles

/** A day's requests are one file. */
const daily = { bytesMax: Infinity, backups: 1, suffix: '.yyyy-MM-dd', onBoot: false }
const now = () => Date.now()

/** Opens the files that the settings name. @throws Error when one cannot be opened */
export function openLogFiles(
  { log, accessLog }: Pick<ServerSettings, 'log' | 'accessLog'>,
  running: DisposalStack,
): LogFiles {
  const access = accessLog?.file
  return {
    log: log.file === undefined ? undefined : running.use(new RotatingFile({ ...log.file, now })),
    access:
      access === undefined
        ? undefined
        : running.use(
            new RotatingFile({
              file: access.file,
              rotation: access.rotates ? daily : undefined,
              now,
            }),
          ),
  }
}
