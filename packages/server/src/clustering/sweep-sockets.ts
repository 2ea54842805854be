import { readdir, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'

const socketName = /^holdfast-[0-9a-f-]{36}\.sock$/
/** A socket this young may belong to a worker that is about to listen. */
const ageMinMs = 10_000
/** Files looked at in one sweep. */
const socketsMax = 1_000
/** A listener that takes longer to accept is one nevertheless. */
const connectTimeoutMs = 250

/** @returns the path on which the node listens for its siblings on this machine */
export function siblingSocket(directory: string, nodeId: string): string {
  return join(directory, `holdfast-${nodeId}.sock`)
}

/**
 * Removes the sockets of workers that were killed: nobody listens on them any more, and every start makes new ones.
 * @param now ms since the epoch, as file times are
 * @returns how many it removed; files of other owners stay
 */
export async function sweepSockets(directory: string, now: number): Promise<number> {
  const names = (await readdir(directory)).filter((name) => socketName.test(name))
  const removed = await Promise.all(
    names.slice(0, socketsMax).map(async (name) => await removeDead(join(directory, name), now)),
  )
  return removed.filter(Boolean).length
}

async function removeDead(path: string, now: number): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path)
    if (now - mtimeMs < ageMinMs || !(await isRefused(path))) return false
    await rm(path)
    return true
  } catch {
    // Somebody else was faster, or owns it.
    return false
  }
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const answer = (refused: boolean) => {
      socket.destroy()
      resolve(refused)
    }
    socket.setTimeout(connectTimeoutMs, () => answer(false))
    socket.once('connect', () => answer(false))
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code === 'ECONNREFUSED'))
  })
}
