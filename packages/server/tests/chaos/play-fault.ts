import { availableParallelism, loadavg } from 'node:os'
import { ChangeRounds } from './change-round.ts'
import type { ChaosCluster } from './chaos-cluster.ts'
import type { ChaosNode } from './chaos-node.ts'
import { Credentials, issueOf, type Session } from './credentials.ts'
import type { Fault } from './faults.ts'
import { History } from './history.ts'
import { checkHistory, type Verdict, type Violation } from './history-checker.ts'
import { LoginLoad } from './login-load.ts'
import { now, pause } from './run-clock.ts'
import { StallWatch } from './stall-watch.ts'
import { SteadyClient } from './steady-client.ts'

/** Longest that a node may need until it is ready, from the end of the fault. */
const readyMaxMs = 10_000
/** Longest silence for a client that asks a second node, whatever happens to the first. */
const silenceMaxMs = 1_000
/** Longest silence after the database is back, for everybody. */
const backMaxMs = 2_000
/** Waiting processes per core above which silence says more about the machine than about the server. */
const loadMax = 2

/** A cut of the database that lasts longer is known to the node before it ends. */
const knowsAfterMs = 6_000

const steadyClients = 4
const calmBeforeMs = 2_500
const calmAfterMs = 4_000
const roundEveryMs = 700
const loginEveryMs = 900
/** How long a change is followed: longer where nodes are allowed five seconds. */
const watchMs = 2_000
const watchCutOffMs = 6_500
/** Ended sessions that are brought to every node at the moment when the fault ends. */
const recentlyEnded = 12

/** What one fault did to clients. */
export interface Figures {
  readonly fault: string
  readonly verdict: Verdict
  /** Longest silence of a steady client, milliseconds; null where every node was gone. */
  readonly silenceMs: number | null
  /** Silence of a steady client after the end; null where nodes went on serving. */
  readonly backMs: number | null
  /** Until every node was ready, from the end of the fault. */
  readonly readyMs: number
  readonly logins: number
  readonly loginsFailed: readonly string[]
  /** What breaks a promise. */
  readonly broken: readonly string[]
  /** What came too late, in a run that does not judge it because of the machine. */
  readonly unjudged: readonly string[]
}

/** Everything that goes on while a fault is played. */
interface Play {
  readonly cluster: ChaosCluster
  readonly fault: Fault
  readonly history: History
  readonly credentials: Credentials
  readonly rounds: ChangeRounds
  readonly logins: LoginLoad
  readonly steady: SteadyClient[]
  readonly stalls: StallWatch
}

/**
 * Plays one fault under load, and checks what clients saw.
 * @param judgesPace `unless overloaded`: what came late, or not at all, is only told where so many processes wait for this
 *   machine that nobody answers in time; what was granted wrongly, or lost, is judged in any case
 */
export async function playFault(
  cluster: ChaosCluster,
  fault: Fault,
  judgesPace: 'always' | 'unless overloaded' = 'always',
): Promise<Figures> {
  const history = new History()
  using credentials = new Credentials()
  using stalls = new StallWatch()
  const rounds = new ChangeRounds(credentials, history)
  using logins = new LoginLoad(cluster.nodes, credentials, history)
  const sessions = await startSessions(cluster, credentials, history)
  const steady = sessions.map((session) => new SteadyClient(session, cluster.nodes, history))
  const play = { cluster, fault, history, credentials, rounds, logins, steady, stalls }
  const span = await underLoad(play)
  await sweep([...sessions, ...logins.sessions, ...rounds.ended], cluster.nodes, history)
  return figures(play, span, judgesPace === 'always' || !isOverloaded())
}

interface Span {
  readonly from: number
  readonly until: number
  readonly readyMs: number
}

async function underLoad(play: Play): Promise<Span> {
  const { cluster, fault, history } = play
  const load = { stop: false, hit: false }
  const cutsOff = fault.cutsOff !== undefined
  const running = [
    ...play.steady.map((client, index) => client.run(index)),
    repeat(load, roundEveryMs, () => {
      const reachable = load.hit && cutsOff ? cluster.others : cluster.nodes
      const follow = cutsOff ? watchCutOffMs : watchMs
      return play.rounds.play(reachable, cluster.nodes, follow)
    }),
    repeat(load, loginEveryMs, () => play.logins.play()),
  ]
  await pause(calmBeforeMs)
  const from = now()
  load.hit = true
  await fault.begin(cluster, history)
  const begun = now()
  await pause(fault.lastsMs)
  await fault.end(cluster, history)
  const until = now()
  load.hit = false
  noteCutOff(play, begun, until)
  const [readyMs] = await Promise.all([
    untilAllReady(cluster, until),
    sweep(play.rounds.ended.slice(-recentlyEnded - 10, -10), cluster.nodes, history),
  ])
  await pause(calmAfterMs)
  load.stop = true
  for (const client of play.steady) client.stop()
  await Promise.all(running)
  return { from, until, readyMs }
}

function noteCutOff({ cluster, fault, history }: Play, from: number, until: number): void {
  if (fault.cutsOff === undefined) return
  const hit = fault.everybody === true ? cluster.nodes : [cluster.victim]
  const answers = fault.cutsOff === 'database'
  for (const { name } of hit) history.cutOffs.push({ node: name, from, until, answers })
}

async function startSessions(
  cluster: ChaosCluster,
  credentials: Credentials,
  history: History,
): Promise<Session[]> {
  const sessions: Session[] = []
  for (let index = 0; sessions.length < steadyClients; index++) {
    const sentAt = now()
    const node = cluster.nodes[index % cluster.nodes.length] as ChaosNode
    const session = await credentials.signIn(`person-${8 + (index % steadyClients)}`, node)
    if (session === null) continue
    history.issues.push(issueOf(session, sentAt))
    sessions.push(session)
  }
  return sessions
}

/** Starts something at an even pace until told to stop; resolves when the last of it has ended. */
async function repeat(
  load: { readonly stop: boolean },
  everyMs: number,
  start: () => Promise<void>,
): Promise<void> {
  const running: Promise<void>[] = []
  while (!load.stop) {
    running.push(start())
    await pause(everyMs)
  }
  await Promise.all(running)
}

/** Brings sessions to every node: those that live must be granted, those that were ended refused. */
async function sweep(
  sessions: readonly Session[],
  nodes: readonly ChaosNode[],
  history: History,
): Promise<void> {
  for (const session of sessions) {
    const attempts = await Promise.all(nodes.map((node) => session.use(node)))
    history.attempts.push(...attempts)
  }
}

/** @returns after how long; infinite when a node is not ready in time */
async function untilAllReady(cluster: ChaosCluster, since: number): Promise<number> {
  try {
    await Promise.all(cluster.nodes.map((node) => node.untilReady(readyMaxMs * 2)))
    return now() - since
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

function figures(play: Play, span: Span, judgesPace: boolean): Figures {
  const { fault, history, logins, steady } = play
  const verdict = checkHistory(history)
  const everybody = fault.everybody === true
  const silenceMs = everybody
    ? null
    : Math.max(...steady.map((client) => client.silence(span.from, span.until, play.stalls)))
  const backMs = everybody
    ? Math.max(...steady.map((client) => client.backAfter(span.until)))
    : null
  const isSilence = ({ rule }: Violation) => rule === 'no answer while cut off'
  const textOf = ({ rule, text }: Violation) => `${rule}: ${text}`
  const broken = verdict.violations.filter((each) => !isSilence(each)).map(textOf)
  const late = verdict.violations.filter(isSilence).map(textOf)
  if (span.readyMs > readyMaxMs) {
    late.push(`not every node was ready within ${readyMaxMs} ms (${span.readyMs})`)
  }
  if ((silenceMs ?? 0) > silenceMaxMs) late.push(`silence of ${Math.round(silenceMs ?? 0)} ms`)
  if ((backMs ?? 0) > backMaxMs) {
    late.push(`silence of ${Math.round(backMs ?? 0)} ms after the end`)
  }
  if (fault.cutsOff === 'database' && isLong(fault) && verdict.unavailable === 0) {
    late.push('nobody asked a node that was cut off: nothing is shown')
  }
  if (verdict.attemptsAfter === 0) late.push('no change was followed: nothing is shown')
  if (judgesPace) broken.push(...late)
  return {
    fault: fault.name,
    verdict,
    silenceMs,
    backMs,
    readyMs: span.readyMs,
    logins: logins.sessions.length,
    loginsFailed: logins.failures,
    broken,
    unjudged: judgesPace ? [] : late.map((text) => `${text}, on an overloaded machine`),
  }
}

/** Whether a cut lasts until the node must know of it, with time left to ask it. */
function isLong({ lastsMs }: Fault): boolean {
  return lastsMs > knowsAfterMs
}

/** Whether so many processes wait for this machine that nobody on it answers in time. */
function isOverloaded(): boolean {
  const [lastMinute = 0] = loadavg()
  return lastMinute / availableParallelism() > loadMax
}
