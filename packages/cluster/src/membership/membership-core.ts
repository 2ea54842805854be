import type { Moment } from '../clock/cluster-clock.ts'
import type { PollRider, RiderAnswer } from '../log/log-store.ts'
import { type Protocol, safeProtocol } from '../protocol.ts'
import { type Node, type NodeBeat, type View, viewOf } from './view.ts'

/** The times of membership, in ms (cluster.md §6). */
export const membershipTimes = {
  /** How often a member says that it lives. */
  beatMs: 2000,
  /** A member acts as one only this long after it sent its last successful heartbeat. */
  leaseMs: 9000,
  /** A member whose heartbeat an observer has seen unchanged for so long may be evicted. */
  evictAfterMs: 10_000,
  /** An observer that has not looked for so long has seen nothing unchanged: it starts anew. */
  observationGapMs: 4000,
}

/** What a node knows of its membership. */
export interface MembershipState {
  readonly cluster: string
  /** As it joined last; undefined while it is out. */
  readonly self: Node | undefined
  readonly view: View
  readonly identity: string | undefined
  /** When the last successful heartbeat (or the join) was sent. */
  readonly beatSentAt: Moment | undefined
  /** By the monotonic clock; when heartbeats were last seen. */
  readonly observedAt: number
  /** What was last seen of each other member, and since when. */
  readonly watched: ReadonlyMap<string, Watched>
}

interface Watched extends NodeBeat {
  readonly sinceMs: number
}

/** What happened to a membership. */
export type MembershipInput =
  | {
      readonly type: 'joined'
      readonly view: View
      readonly self: Node
      readonly identity: string
      readonly sentAt: Moment
    }
  | {
      readonly type: 'answered'
      readonly answer: RiderAnswer
      readonly identity: string
      readonly sentAt: Moment
      readonly now: Moment
    }
  | { readonly type: 'left' }

/** What the shell has to do about it. */
export type MembershipOutput =
  | { readonly type: 'view'; readonly view: View; readonly why: string }
  | { readonly type: 'evict'; readonly beat: NodeBeat }
  | { readonly type: 'rejoin'; readonly why: string }

/** A new state and what to do. */
export interface MembershipStep {
  readonly state: MembershipState
  readonly outputs: readonly MembershipOutput[]
}

const nothing: readonly MembershipOutput[] = []

/** @returns the state of a node that is not in yet. */
export function newMembership(cluster: string): MembershipState {
  return {
    cluster,
    self: undefined,
    view: viewOf(0, 0, []),
    identity: undefined,
    beatSentAt: undefined,
    observedAt: Number.NEGATIVE_INFINITY,
    watched: new Map(),
  }
}

/** Whether the node may act as a member now. */
export function leaseValid(
  state: MembershipState,
  now: Moment,
  protocol: Protocol = safeProtocol,
): boolean {
  if (state.self === undefined || state.beatSentAt === undefined) return false
  return protocol.elapsed(state.beatSentAt, now) < membershipTimes.leaseMs
}

/**
 * What the next poll carries for a member.
 * @param renewing false while the event loop's watchdog holds the heartbeat back
 */
export function riderFor(
  state: MembershipState,
  now: Moment,
  renewing: boolean,
): PollRider | undefined {
  const { self, beatSentAt } = state
  if (self === undefined || beatSentAt === undefined) return undefined
  return {
    cluster: state.cluster,
    nodeId: self.id,
    incarnation: self.incarnation,
    viewId: state.view.id,
    viewTag: state.view.tag,
    beat: renewing && now.monotonic - beatSentAt.monotonic >= membershipTimes.beatMs,
  }
}

/**
 * A node's side of membership, without I/O. A node is in while its row is in the database; it stops acting before anyone
 * may remove the row, and whoever removes it has watched it stand still on its own monotonic clock.
 */
export function stepMembership(state: MembershipState, input: MembershipInput): MembershipStep {
  switch (input.type) {
    case 'joined': {
      const { view, self, identity, sentAt } = input
      const joined = { ...newMembership(state.cluster), self, view, identity, beatSentAt: sentAt }
      return { state: joined, outputs: [{ type: 'view', view, why: 'joined' }] }
    }
    case 'left':
      return { state: { ...newMembership(state.cluster), view: state.view }, outputs: nothing }
    case 'answered':
      return answered(state, input)
  }
}

function answered(
  state: MembershipState,
  input: Extract<MembershipInput, { type: 'answered' }>,
): MembershipStep {
  const { answer, identity, sentAt, now } = input
  const { self } = state
  if (self === undefined) return { state, outputs: nothing }
  if (answer.alive === false) return out(state, 'its row is gone from the view')
  const outputs: MembershipOutput[] = []
  let view = state.view
  if (answer.view !== undefined) {
    view = viewOf(answer.view.id, answer.view.tag, answer.view.members)
    const listed = view.members.some((member) => isSame(member, self))
    if (!listed) return out(state, 'the view is without it')
    outputs.push({ type: 'view', view, why: whyChanged(state.view, view) })
  }
  const watch = watchBeats(state, self, answer.beats, identity, now)
  for (const beat of watch.still) outputs.push({ type: 'evict', beat })
  return {
    state: {
      ...state,
      view,
      identity,
      beatSentAt: answer.alive === true ? sentAt : state.beatSentAt,
      observedAt: watch.observedAt,
      watched: watch.watched,
    },
    outputs,
  }
}

function out(state: MembershipState, why: string): MembershipStep {
  const left = { ...newMembership(state.cluster), view: state.view }
  return { state: left, outputs: [{ type: 'rejoin', why }] }
}

function isSame(member: Node, self: Node): boolean {
  return member.id === self.id && member.incarnation === self.incarnation
}

function whyChanged(before: View, after: View): string {
  const names = (view: View) => new Set(view.members.map((member) => member.name))
  const [old, young] = [names(before), names(after)]
  const came = [...young].filter((name) => !old.has(name))
  const went = [...old].filter((name) => !young.has(name))
  const parts = [
    came.length > 0 ? `joined: ${came.join(', ')}` : '',
    went.length > 0 ? `left: ${went.join(', ')}` : '',
  ]
  return parts.filter(Boolean).join('; ') || 'rewritten'
}

/** Notes who has moved since the last look. A look at another database, or after a long gap, counts as the first. */
function watchBeats(
  state: MembershipState,
  self: Node,
  beats: readonly NodeBeat[] | undefined,
  identity: string,
  now: Moment,
) {
  // A count in another database says nothing: after a lost tail the same number may come round again.
  const sameDatabase = identity === state.identity
  const watched = sameDatabase ? state.watched : new Map<string, Watched>()
  const { observedAt } = state
  if (beats === undefined) return { watched, observedAt, still: [] }
  const at = now.monotonic
  const anew = at - observedAt > membershipTimes.observationGapMs
  const next = new Map<string, Watched>()
  const still: NodeBeat[] = []
  for (const beat of beats) {
    if (beat.nodeId === self.id) continue
    const known = anew ? undefined : watched.get(beat.nodeId)
    const unmoved = known?.beat === beat.beat && known.incarnation === beat.incarnation
    const sinceMs = unmoved ? known.sinceMs : at
    next.set(beat.nodeId, { ...beat, sinceMs })
    if (at - sinceMs >= membershipTimes.evictAfterMs) still.push(beat)
  }
  return { watched: next, observedAt: at, still }
}
