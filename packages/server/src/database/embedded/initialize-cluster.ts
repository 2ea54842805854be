import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../../shared/start-error.ts'
import { embeddedUser, type PostgresPlace } from './postmaster.ts'

/**
 * Makes an empty PostgreSQL cluster. Locale independent (builtin C.UTF-8), so that an update of the machine's libraries
 * never disturbs an index. Only the socket is open to anybody; its directory decides who that is.
 * @throws StartError with what initdb said
 */
export async function initializeCluster(place: PostgresPlace): Promise<void> {
  const args = [
    ...['-D', place.cluster, '-U', embeddedUser, '--encoding=UTF8'],
    ...['--locale-provider=builtin', '--locale=C', '--builtin-locale=C.UTF-8'],
    ...['--auth-local=trust', '--auth-host=reject', '--no-sync', '--no-instructions'],
  ]
  const child = spawn(join(place.binaries, 'bin', 'initdb'), args, {
    cwd: place.socketDirectory,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    ...(place.account === undefined ? {} : { uid: place.account.uid, gid: place.account.gid }),
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code === 0) return
  await rm(place.cluster, { recursive: true, force: true })
  throw new StartError(`The embedded database could not be made: ${complaint.trim()}`)
}
