import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartError } from '../../shared/start-error.ts'

/** The user that PostgreSQL runs as: it refuses to run as root. */
export interface Account {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

/** Accounts that exist on most systems for work without rights, best first. */
const unprivilegedNames = ['postgres', 'nobody']

/** @returns undefined when this process is not root and so runs PostgreSQL as itself */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const entries = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of unprivilegedNames) {
    const entry = entries.find((line) => line.startsWith(`${name}:`))
    const [, , uid, gid] = entry?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid), name }
  }
  throw new StartError(
    `PostgreSQL does not run as root, and none of the users ${unprivilegedNames.join(', ')} exists: name an outside database with --db-url`,
  )
}

/** @returns whether `account` may enter the directory: every one on the way must let it pass */
export function canReach(directory: string, account: Account): boolean {
  for (let path = directory; ; path = dirname(path)) {
    if (!mayEnter(path, account)) return false
    if (path === dirname(path)) return true
  }
}

function mayEnter(path: string, account: Account): boolean {
  const { mode, uid, gid } = statSync(path)
  if (uid === account.uid) return (mode & 0o100) !== 0
  if (gid === account.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}
