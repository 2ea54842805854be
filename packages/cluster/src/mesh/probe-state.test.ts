import { describe, expect, test } from 'vitest'
import { type ProbeInput, type ProbeState, probeStep, unprobed } from './probe-state.ts'

/** Feeds inputs one after the other; gives the last state and all outputs. */
function after(...inputs: ProbeInput[]): { state: ProbeState; outputs: string[] } {
  const outputs: string[] = []
  let state = unprobed
  for (const input of inputs) {
    const step = probeStep(state, input, 3)
    state = step.state
    outputs.push(...step.outputs)
  }
  return { state, outputs }
}

const missed: ProbeInput = { is: 'missed' }
const answered: ProbeInput = { is: 'answered' }

describe('the failure detector of one member', () => {
  test('asks others after three silent probes, once', () => {
    expect(after(missed, missed).outputs).toEqual([])
    expect(after(missed, missed, missed, missed, missed).outputs).toEqual(['ask-others'])
  })

  test('reports a member that others reach, with who does, and one that nobody reaches', () => {
    const others: ProbeInput = { is: 'reached', through: 'c' }
    expect(after(missed, missed, missed, others)).toMatchObject({
      state: { indirect: 'alive', through: 'c' },
      outputs: ['ask-others', 'report-unreachable'],
    })
    expect(after(missed, missed, missed, { is: 'nobody-reached' }).outputs).toContain(
      'report-unreachable',
    )
  })

  test('forgets everything at the first answer, and reports a recovery only after a report', () => {
    expect(after(missed, missed, answered)).toEqual({ state: unprobed, outputs: [] })
    const back = after(missed, missed, missed, { is: 'nobody-reached' }, answered)
    expect(back.state).toEqual(unprobed)
    expect(back.outputs.at(-1)).toBe('report-recovered')
  })

  test('takes no notice of what others say too late', () => {
    const late: ProbeInput = { is: 'reached', through: 'c' }
    expect(after(missed, missed, missed, answered, late)).toMatchObject({ state: unprobed })
  })
})
