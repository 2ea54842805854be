import type { Condition } from '../engine/step.ts'

/** Matches users whose attribute has the expected value, or has it not when `not` is on. */
export const userAttribute: Condition = {
  id: 'conditional-user-attribute',
  async matches({ execution, user }) {
    if (user === null) return false
    const values = user.attributes[execution.config['attribute_name'] ?? ''] ?? []
    const expected = execution.config['attribute_expected_value'] ?? ''
    const pattern =
      execution.config['regex'] === 'true' ? new RegExp(`^(?:${expected})$`) : undefined
    const holds = values.some((value) =>
      pattern === undefined ? value === expected : pattern.test(value),
    )
    return holds !== (execution.config['not'] === 'true')
  },
}
