import { demoSecret } from '../../harness/demo-realm.ts'
import type { ChaosNode } from '../chaos-node.ts'
import { serviceClients } from '../chaos-realm.ts'
import { Credentials, type Session } from '../credentials.ts'
import { now, pause } from '../run-clock.ts'
import { TwoSites } from './two-sites.ts'

/** A change at one site has to hold at the other one within this, by the log alone: its look every half second, and the way. */
const invalidationMaxMs = 1_500
/** From the promotion on, until the site that is left says that it serves. */
const servesMaxMs = 15_000
/** From its return on, until the lost site serves, without a restart. */
const backMaxMs = 20_000
const rounds = 6
const pollMs = 20

/** Clients of one round of changes. */
const services = (round: number) => serviceClients.slice(round * rounds, (round + 1) * rounds)

/** One thing that was looked at. */
export interface SiteFinding {
  readonly what: string
  readonly figure: string
  readonly kept: boolean
}

/** Changes cross, one site is lost with the primary, the database fails over, the site comes back. */
export async function playSites(): Promise<SiteFinding[]> {
  await using sites = await TwoSites.start()
  using credentials = new Credentials()
  const [home] = sites.home.nodes as [ChaosNode, ChaosNode]
  const [away] = sites.away.nodes as [ChaosNode]
  const findings: SiteFinding[] = []
  const found = (what: string, ms: number, maxMs: number) =>
    findings.push({ what, figure: `${Math.round(ms)} ms`, kept: ms <= maxMs })

  const there = await crossing(credentials, home, away, services(0))
  const back = await crossing(credentials, away, home, services(1))
  found(
    'a client that one site disables is refused by the other after',
    Math.max(there, back),
    invalidationMaxMs,
  )
  const kept = await signedIn(credentials, 'person-1', home)
  const ended = await signedIn(credentials, 'person-2', away)

  await sites.loseHome()
  await until('the site that is left says that it cannot serve', servesMaxMs, async () => {
    return (await away.siteStatus()) === 503
  })
  const gone = await home.siteStatus()
  findings.push({ what: 'the lost site answers /lb-check', figure: `${gone}`, kept: gone === null })
  await sites.failOver()
  const servesAt = now()
  await until('it serves', servesMaxMs, async () => (await away.siteStatus()) === 200)
  found(
    '/lb-check of the site that is left says 200 after the promotion',
    now() - servesAt,
    servesMaxMs,
  )
  const survived = await granted(kept, away)
  findings.push({
    what: 'a session of the lost site goes on at the other',
    figure: String(survived),
    kept: survived,
  })
  const loggedOut = await retried(() => credentials.logOut(ended, away))
  findings.push({ what: 'somebody logs out there', figure: String(loggedOut), kept: loggedOut })

  sites.homeIsBack()
  const backAt = now()
  await until('the lost site serves again', backMaxMs, async () => {
    const all = await Promise.all(sites.home.nodes.map(async (node) => await node.siteStatus()))
    return all.every((status) => status === 200)
  })
  found('the lost site serves again, without a restart, after', now() - backAt, backMaxMs)
  for (const node of sites.home.nodes) {
    let outcome = 'silent'
    await until(`${node.name} says something`, backMaxMs, async () => {
      outcome = (await ended.use(node)).outcome
      return outcome !== 'silent'
    })
    const what = `${node.name} refuses who logged out while it was away`
    findings.push({ what, figure: outcome, kept: outcome === 'refused' })
  }
  const again = await crossing(credentials, away, home, services(2))
  found('a change crosses as before, within', again, invalidationMaxMs)
  return findings
}

/**
 * Clients are disabled at one site whose settings the other one has in its memory.
 * @returns after how many milliseconds at most the other site refused one
 */
async function crossing(
  credentials: Credentials,
  from: ChaosNode,
  to: ChaosNode,
  clientIds: readonly string[],
): Promise<number> {
  let longestMs = 0
  for (const clientId of clientIds) {
    const client = credentials.client(clientId, demoSecret(clientId), clientId)
    await until(`${clientId} is served`, invalidationMaxMs * 10, async () => {
      return (await client.use(to)).outcome === 'granted'
    })
    const disabled = await retried(() => disable(credentials, clientId, from))
    if (!disabled) throw new Error(`${clientId} could not be disabled`)
    const at = now()
    await until('it is refused', invalidationMaxMs * 10, async () => {
      return (await client.use(to)).outcome === 'refused'
    })
    longestMs = Math.max(longestMs, now() - at)
  }
  return longestMs
}

async function disable(
  credentials: Credentials,
  clientId: string,
  node: ChaosNode,
): Promise<boolean> {
  const listed = await credentials.administer(node, 'GET', `clients?clientId=${clientId}`)
  if (listed === null) return false
  const [client] = JSON.parse(listed) as { id: string }[]
  const changed = { ...client, enabled: false }
  return (await credentials.administer(node, 'PUT', `clients/${client?.id}`, changed)) !== null
}

async function signedIn(
  credentials: Credentials,
  person: string,
  node: ChaosNode,
): Promise<Session> {
  let session: Session | null = null
  await until(`${person} signs in at ${node.name}`, servesMaxMs, async () => {
    session = await credentials.signIn(person, node)
    return session !== null
  })
  return session as unknown as Session
}

async function granted(session: Session, node: ChaosNode): Promise<boolean> {
  return await retried(async () => (await session.use(node)).outcome === 'granted')
}

/** A busy machine may be silent for a moment. */
async function retried(act: () => Promise<boolean>): Promise<boolean> {
  for (let time = 0; time < 5; time += 1) {
    if (await act()) return true
    await pause(300)
  }
  return false
}

async function until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = now() + withinMs
  while (now() < deadline) {
    if (await holds()) return
    await pause(pollMs)
  }
  throw new Error(`not within ${withinMs} ms: ${what}`)
}

/** As Markdown. */
export function sitesTable(findings: readonly SiteFinding[]): string {
  const lines = findings.map(
    ({ what, figure, kept }) => `| ${what} | ${figure} | ${kept ? '' : 'BROKEN'} |`,
  )
  return ['| two sites, 10 ms apart | | |', '| --- | --- | --- |', ...lines].join('\n')
}
