/** What this node knows of one member from probing it. */
export interface ProbeState {
  readonly missed: number
  /** Set when the direct probes failed: asking others, or their answers. */
  readonly indirect: 'none' | 'asked' | 'alive' | 'silent'
  /** The member that reached it. */
  readonly through: string | null
}

export type ProbeInput =
  | { readonly is: 'answered' }
  | { readonly is: 'missed' }
  /** An answer of a member that was asked to probe it. */
  | { readonly is: 'reached'; readonly through: string }
  | { readonly is: 'nobody-reached' }

export type ProbeOutput = 'ask-others' | 'report-unreachable' | 'report-recovered'

/** Before the first probe: not reachable yet, and nothing to complain about. */
export const unprobed: ProbeState = { missed: 0, indirect: 'none', through: null }

/**
 * One step of the failure detector of one member (cluster.md §6): `missesMax` silent probes in a row, then others are
 * asked, then it is reported. Nothing here evicts; membership is the database's.
 */
export function probeStep(
  state: ProbeState,
  input: ProbeInput,
  missesMax: number,
): { readonly state: ProbeState; readonly outputs: readonly ProbeOutput[] } {
  switch (input.is) {
    case 'answered': {
      const reported = state.indirect === 'alive' || state.indirect === 'silent'
      return { state: unprobed, outputs: reported ? ['report-recovered'] : [] }
    }
    case 'missed': {
      const missed = state.missed + 1
      if (missed < missesMax || state.indirect !== 'none') {
        return { state: { ...state, missed }, outputs: [] }
      }
      return { state: { missed, indirect: 'asked', through: null }, outputs: ['ask-others'] }
    }
    case 'reached':
      if (state.indirect !== 'asked') return { state, outputs: [] }
      return {
        state: { ...state, indirect: 'alive', through: input.through },
        outputs: ['report-unreachable'],
      }
    case 'nobody-reached':
      if (state.indirect !== 'asked') return { state, outputs: [] }
      return { state: { ...state, indirect: 'silent' }, outputs: ['report-unreachable'] }
  }
}
