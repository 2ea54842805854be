import { Connection } from './connection.ts'
import type { Operation } from './load.ts'

/**
 * Connections that are opened at a time. A listener's backlog holds some hundred that are not accepted yet; who comes
 * beyond is not answered and tries again a second later, then three seconds, so that 1,500 at once took six seconds.
 */
const openingAtOnce = 100

/**
 * Opens connections before a load begins, so that what is measured are requests and not the arrival of a crowd.
 * @param first asked once on each: the kernel opens connections that the server has not accepted yet, an answer tells
 * @returns connections for `LoadOptions.open`; the load closes them
 * @throws when one of them gets no good answer, after closing all
 */
export async function openCrowd(
  port: number,
  size: number,
  first: Operation,
): Promise<Connection[]> {
  const crowd = Array.from({ length: size }, () => new Connection(port))
  let next = 0
  const open = async (): Promise<void> => {
    for (let index = next++; index < size; index = next++) {
      const connection = crowd[index]
      if (connection === undefined || !(await first(connection, index))) {
        throw new Error(`connection ${index} of ${size} was not answered`)
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(size, openingAtOnce) }, open))
  } catch (error) {
    for (const connection of crowd) connection.close()
    throw error
  }
  return crowd
}
