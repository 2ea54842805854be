import { answerDifferences } from './answer-differences.ts'
import { type Judgement, judge } from './known-differences.ts'
import type { Scenario } from './scenario.ts'
import { differencesOnPurpose, type Recording } from './scenario-files.ts'

/** Compares what two servers answered in one scenario and takes out what is known to differ. */
export function scenarioDifferences(
  scenario: Scenario,
  keycloak: Recording,
  holdfast: Recording,
): Judgement {
  const lines = scenario.steps
    .filter(({ compare }) => compare)
    .flatMap(({ name }) => {
      const [theirs, ours] = [keycloak[name], holdfast[name]]
      if (theirs === undefined) return [`${name}: is not in the recording`]
      if (ours === undefined) return [`${name}: was not played`]
      return answerDifferences(theirs, ours).map((line) => `${name}: ${line}`)
    })
  return judge(lines, [...scenario.onPurpose, ...scenario.notYet], differencesOnPurpose())
}
