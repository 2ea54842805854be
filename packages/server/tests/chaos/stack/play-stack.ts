import { now, pause } from '../run-clock.ts'
import type { ChaosStack } from './chaos-stack.ts'
import { type Outcome, StackClient } from './stack-client.ts'
import type { StackFault } from './stack-faults.ts'

const calmBeforeMs = 3_000
const calmAfterMs = 6_000
const sampleMs = 250
/** The end of the calm, in which somebody must be served. */
const servedAgainMs = 3_000

/** What clients saw of one fault. */
export interface StackFigures {
  readonly fault: string
  readonly requests: number
  readonly again: number
  /** From the first to the last 503 with Retry-After. */
  readonly againMs: number
  readonly failed: number
  readonly failures: string
  readonly obedientFailed: number
  /** Longest time in which no client got an answer that it wanted. */
  readonly silenceMs: number
  readonly slowestMs: number
  /** Most connections in use on one node at once. */
  readonly connectionsPeak: number
  readonly broken: readonly string[]
}

/** Plays a fault under the load of clients behind the proxy: half of them obey Retry-After, half come in as from another site. */
export async function playStackFault(stack: ChaosStack, fault: StackFault): Promise<StackFigures> {
  const { loginPort, sitePort } = stack.proxy
  const clients = stack.people.map((person, index) => ({
    client: new StackClient(index % 4 < 2 ? loginPort : sitePort, person, index % 2 === 1),
    obeys: index % 2 === 1,
  }))
  const running = clients.map(async ({ client }) => await client.run())
  await pause(calmBeforeMs)
  const peak = { connections: 0 }
  const sampling = { stop: false }
  const sampled = samplePeak(stack, peak, sampling)
  const from = now()
  await fault.play(stack)
  await pause(calmAfterMs)
  sampling.stop = true
  for (const { client } of clients) client.stop()
  await Promise.all([...running, sampled])
  const until = now()
  const outcomes = clients
    .flatMap(({ client }) => client.seen.outcomes)
    .filter(({ at, tookMs }) => at + tookMs >= from)
    .toSorted((a, b) => a.at - b.at)
  const obedientFailed = clients.flatMap(({ client }) => client.seen.obedientFailed)
  return judged(fault, outcomes, obedientFailed, { from, until, connections: peak.connections })
}

async function samplePeak(
  stack: ChaosStack,
  peak: { connections: number },
  sampling: { readonly stop: boolean },
): Promise<void> {
  while (!sampling.stop) {
    const used = await Promise.all(
      stack.nodes.map(async (node) => await node.metric('agroal_max_used_count')),
    )
    peak.connections = Math.max(peak.connections, ...used)
    await pause(sampleMs)
  }
}

function judged(
  { name, bound }: StackFault,
  outcomes: readonly Outcome[],
  obedientFailed: readonly string[],
  { from, until, connections }: { from: number; until: number; connections: number },
): StackFigures {
  const silenceMs = silence(outcomes, from, until)
  const again = outcomes.filter(({ kind }) => kind === 'again')
  const failed = outcomes.filter(({ kind }) => kind === 'failed')
  const againMs = again.length < 2 ? 0 : (again.at(-1)?.at ?? 0) - (again[0]?.at ?? 0)
  const broken = [
    ...(outcomes.some(({ kind, at }) => kind === 'ok' && at > until - servedAgainMs)
      ? []
      : ['nobody was served at the end']),
    ...(bound.againMs === 0 && again.length > 0 ? [`${again.length} answers were 503`] : []),
    ...(againMs > bound.againMs ? [`503 for ${Math.round(againMs)} ms`] : []),
    ...(failed.length > bound.failed ? [`${failed.length} requests failed`] : []),
    ...(!bound.obedientMayFail && obedientFailed.length > 0
      ? [`${obedientFailed.length} failed although Retry-After was obeyed`]
      : []),
  ]
  return {
    fault: name,
    requests: outcomes.length,
    again: again.length,
    againMs,
    failed: failed.length,
    failures: counted(failed),
    obedientFailed: obedientFailed.length,
    silenceMs,
    slowestMs: Math.max(0, ...outcomes.filter(({ kind }) => kind === 'ok').map((o) => o.tookMs)),
    connectionsPeak: connections,
    broken,
  }
}

function counted(failed: readonly Outcome[]): string {
  const counts = new Map<string, number>()
  for (const { what } of failed) counts.set(what, (counts.get(what) ?? 0) + 1)
  return [...counts].map(([what, count]) => `${what}: ${count}`).join(', ')
}

function silence(outcomes: readonly Outcome[], from: number, until: number): number {
  const served = outcomes
    .filter(({ kind }) => kind === 'ok')
    .map(({ at, tookMs }) => at + tookMs)
    .toSorted((a, b) => a - b)
  const marks = [from, ...served, until]
  return Math.max(...marks.map((at, index) => at - (marks[index - 1] ?? at)))
}

/** As Markdown. */
export function stackTable(all: readonly StackFigures[]): string {
  const heads = [
    'fault',
    'requests',
    '503 with `Retry-After`',
    'for',
    'failed otherwise',
    'failed although it was obeyed',
    'longest silence',
    'slowest answer',
    'connections of one node',
  ]
  const rows = all.map((figures) => [
    figures.fault,
    figures.requests,
    figures.again,
    figures.again === 0 ? '–' : seconds(figures.againMs),
    figures.failed === 0 ? 0 : `${figures.failed} (${figures.failures})`,
    figures.obedientFailed,
    seconds(figures.silenceMs),
    seconds(figures.slowestMs),
    figures.connectionsPeak,
  ])
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
