import type { Patterns } from '../../../patterns/patterns.ts'
import type { Condition } from '../engine/step.ts'

export interface UserAttributeDeps {
  readonly patterns: Pick<Patterns, 'matches'>
}

/** Matches users whose attribute has the expected value, or has it not when `not` is on. */
export function userAttribute({ patterns }: UserAttributeDeps): Condition {
  return {
    id: 'conditional-user-attribute',
    async matches({ realm, execution, user }) {
      if (user === null) return false
      const values = user.attributes[execution.config['attribute_name'] ?? ''] ?? []
      const expected = execution.config['attribute_expected_value'] ?? ''
      const place = { realm: realm.name, setting: 'conditional-user-attribute' }
      const holds =
        execution.config['regex'] === 'true'
          ? await anyOf(values, (value) => patterns.matches(expected, value, place))
          : values.includes(expected)
      return holds !== (execution.config['not'] === 'true')
    },
  }
}

async function anyOf(
  values: readonly string[],
  holds: (value: string) => Promise<boolean>,
): Promise<boolean> {
  for (const value of values) if (await holds(value)) return true
  return false
}
