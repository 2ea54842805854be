import type { Figures } from './play-fault.ts'

/** A table of what the faults did, as Markdown. */
export function tableOf(all: readonly Figures[]): string {
  const heads = [
    'fault',
    'changes followed',
    'uses after a change',
    'granted at most … after it',
    'longest silence',
    'all ready again after',
    'logins',
    'left out',
    'broken promises',
  ]
  const rows = all.map((figures) => [
    figures.fault,
    figures.verdict.changes,
    figures.verdict.attemptsAfter,
    figures.verdict.staleMs === 0 ? '0' : milliseconds(figures.verdict.staleMs),
    figures.silenceMs === null
      ? `${milliseconds(figures.backMs ?? 0)} after it is back`
      : milliseconds(figures.silenceMs),
    milliseconds(figures.readyMs),
    figures.logins,
    figures.verdict.leftOut,
    figures.broken.length,
  ])
  return [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function milliseconds(ms: number): string {
  return Number.isFinite(ms) ? `${Math.round(ms)} ms` : 'never'
}
