import { cases } from './cases.ts'
import { everybody, otherName, realmName, type World } from './world.ts'

/** Status by case and by who; 403 is left out. */
export type Matrix = Record<string, Record<string, number>>

/** Administrators whose writes are sent at the same time. */
const parallel = 4
const forbidden = 403
const unauthorized = 401
const triesMax = 5

/**
 * Sends every write as everybody: to the realm that they have something to do with, then to another.
 * @param plays whether somebody is sent to a realm at all
 */
export async function play(
  world: World,
  plays: (who: string, realm: 'other' | 'own') => boolean = () => true,
): Promise<{ own: Matrix; other: Matrix }> {
  const own: Matrix = Object.fromEntries(cases.map(({ name }) => [name, {}]))
  const other: Matrix = structuredClone(own)
  const waiting = [...everybody]
  const work = async () => {
    for (let who = waiting.shift(); who !== undefined; who = waiting.shift()) {
      if (plays(who, 'own')) await playAs(world, who, realmName, own)
      if (plays(who, 'other')) await playAs(world, who, otherName, other)
    }
  }
  await Promise.all(Array.from({ length: parallel }, work))
  return { own: sorted(own), other: sorted(other) }
}

async function playAs(world: World, who: string, realm: string, into: Matrix): Promise<void> {
  let session = await world.session(who)
  for (const { name, method, path, body } of cases) {
    const filled = world.filled({ path, body }, who)
    const request = { method, ...(body === undefined ? {} : { body: filled.body }) }
    const url = `/admin/realms/${realm}${filled.path}`
    let { status } = await session.send(url, request)
    // Tokens of master live for a minute, and some of the writes end sessions.
    for (let tries = 0; status === unauthorized && tries < triesMax; tries += 1) {
      session = await world.session(who)
      status = (await session.send(url, request)).status
    }
    const statuses = into[name]
    if (statuses && status !== forbidden) statuses[who] = status
  }
}

function sorted(matrix: Matrix): Matrix {
  return Object.fromEntries(
    Object.entries(matrix).map(([name, statuses]) => [
      name,
      Object.fromEntries(Object.entries(statuses).sort(([a], [b]) => (a < b ? -1 : 1))),
    ]),
  )
}
