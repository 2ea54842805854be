import type { ChaosNode } from './chaos-node.ts'
import { people, serviceClients } from './chaos-realm.ts'
import { type Credential, type Credentials, issueOf, type Session } from './credentials.ts'
import type { Change, ChangeKind, History, Trace } from './history.ts'
import { now, pause } from './run-clock.ts'

const kinds: readonly ChangeKind[] = [
  'disable user',
  'log out',
  'disable client',
  'remove session',
  'rotate secret',
]
/** People with these numbers sign in for rounds; the others belong to the steady clients. */
const firstVictim = 12
/** Pause between two uses at one node: short around the change, longer after it. */
const busyPauseMs = 120
const calmPauseMs = 450
const busyMs = 1_300
/** Uses before the change, so that every node has the credential in its caches. */
const warmUpMs = 400

/** A credential, how it is taken away, and how the next round gets its person or client back where it must. */
interface Victim {
  readonly credential: Credential
  readonly trace: Trace
  /** True when the node said that it is done. */
  takeAway(node: ChaosNode): Promise<boolean>
  readonly restore: ((node: ChaosNode) => Promise<void>) | null
}

/** Takes one credential after the other away while every node is asked to accept it. */
export class ChangeRounds {
  readonly #credentials: Credentials
  readonly #history: History
  /** Sessions that were ended and must stay so. */
  readonly ended: Session[] = []
  /** People and clients of rounds that go on: another round would give back what they took away. */
  readonly #busy = new Set<string>()
  #round = 0

  constructor(credentials: Credentials, history: History) {
    this.#credentials = credentials
    this.#history = history
  }

  /**
   * One change, followed at every node for a time.
   * @param nodes those that answer at present; the change goes to one of them
   * @param all every node, cut off or not
   */
  async play(nodes: readonly ChaosNode[], all: readonly ChaosNode[], watchMs: number) {
    const round = this.#round++
    const kind = kinds[round % kinds.length] ?? 'log out'
    const node = nodes[round % nodes.length] as ChaosNode
    const other = nodes[(round + 1) % nodes.length] as ChaosNode
    const owner = ownerOf(kind, round)
    if (this.#busy.has(owner)) return
    this.#busy.add(owner)
    const victim = await this.#victim(kind, owner, node, round)
    if (victim !== null) await this.#follow(kind, victim, other, all, watchMs)
    this.#busy.delete(owner)
  }

  async #follow(
    kind: ChangeKind,
    victim: Victim,
    other: ChaosNode,
    all: readonly ChaosNode[],
    watchMs: number,
  ): Promise<void> {
    const { credential } = victim
    const span = { stop: false, busyUntil: Number.POSITIVE_INFINITY }
    const watchers = all.map((each) => this.#watch(credential, each, span))
    await pause(warmUpMs)
    const change: Change = {
      kind,
      subject: credential.subject,
      sentAt: now(),
      acknowledgedAt: null,
      trace: victim.trace,
      restoredAt: null,
    }
    // From here on it may hold, whatever comes of the request.
    this.#history.changes.push(change)
    if (await victim.takeAway(other)) change.acknowledgedAt = now()
    span.busyUntil = now() + busyMs
    await pause(watchMs)
    span.stop = true
    await Promise.all(watchers)
    if (victim.restore === null) return
    change.restoredAt = now()
    await victim.restore(other)
  }

  async #watch(
    credential: Credential,
    node: ChaosNode,
    span: { stop: boolean; busyUntil: number },
  ): Promise<void> {
    while (!span.stop) {
      this.#history.attempts.push(await credential.use(node))
      await pause(now() < span.busyUntil ? busyPauseMs : calmPauseMs)
    }
  }

  #victim(kind: ChangeKind, owner: string, node: ChaosNode, round: number): Promise<Victim | null> {
    return isOfClient(kind)
      ? this.#clientVictim(kind, owner, node, round)
      : this.#sessionVictim(kind, owner, node)
  }

  async #sessionVictim(
    kind: ChangeKind,
    username: string,
    node: ChaosNode,
  ): Promise<Victim | null> {
    const credentials = this.#credentials
    const found = await credentials.administer(node, 'GET', `users?exact=true&username=${username}`)
    const [user] = found === null ? [] : (JSON.parse(found) as { id: string }[])
    if (user === undefined) return null
    const setEnabled = async (at: ChaosNode, enabled: boolean) =>
      (await credentials.administer(at, 'PUT', `users/${user.id}`, { enabled })) !== null
    if (!(await setEnabled(node, true))) return null
    const sentAt = now()
    const session = await credentials.signIn(username, node)
    if (session === null) return null
    const { sessionId } = session
    this.#history.issues.push(issueOf(session, sentAt))
    if (kind === 'disable user') {
      return {
        credential: session,
        trace: { kind: 'user disabled', username },
        takeAway: (at) => setEnabled(at, false),
        restore: async (at) => void (await setEnabled(at, true)),
      }
    }
    this.ended.push(session)
    return {
      credential: session,
      trace: { kind: 'session gone', sessionId },
      takeAway: async (at) =>
        kind === 'log out'
          ? credentials.logOut(session, at)
          : (await credentials.administer(at, 'DELETE', `sessions/${sessionId}`)) !== null,
      restore: null,
    }
  }

  async #clientVictim(
    kind: ChangeKind,
    clientId: string,
    node: ChaosNode,
    round: number,
  ): Promise<Victim | null> {
    const credentials = this.#credentials
    const found = await credentials.administer(node, 'GET', `clients?clientId=${clientId}`)
    const [client] = found === null ? [] : (JSON.parse(found) as { id: string; secret: string }[])
    if (client === undefined) return null
    const path = `clients/${client.id}`
    const setEnabled = async (at: ChaosNode, enabled: boolean) =>
      (await credentials.administer(at, 'PUT', path, { clientId, enabled })) !== null
    if (!(await setEnabled(node, true))) return null
    const credential = credentials.client(clientId, client.secret, `${clientId} in round ${round}`)
    if (kind === 'disable client') {
      return {
        credential,
        trace: { kind: 'client disabled', clientId },
        takeAway: (at) => setEnabled(at, false),
        restore: async (at) => void (await setEnabled(at, true)),
      }
    }
    return {
      credential,
      trace: { kind: 'secret replaced', clientId, former: client.secret },
      takeAway: async (at) =>
        (await credentials.administer(at, 'POST', `${path}/client-secret`)) !== null,
      restore: null,
    }
  }
}

function isOfClient(kind: ChangeKind): boolean {
  return kind === 'disable client' || kind === 'rotate secret'
}

/** Whose credential a round takes away: the name of a client or of a person. */
function ownerOf(kind: ChangeKind, round: number): string {
  if (isOfClient(kind)) return serviceClients[round % serviceClients.length] ?? ''
  return `person-${firstVictim + (round % (people - firstVictim))}`
}
