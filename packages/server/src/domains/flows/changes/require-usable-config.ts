import { patternProblem } from '../../../patterns/patterns.ts'
import { ModelError } from '../../realms/model-error.ts'
import type { AuthenticatorConfig } from '../../realms/realm.ts'

/**
 * @returns why the pattern of an authenticator's configuration (`regex` of `conditional-user-attribute`) cannot be used;
 *   null where there is none or it can
 */
export function configPatternProblem(config: AuthenticatorConfig['config']): string | null {
  if (config?.['regex'] !== 'true') return null
  return patternProblem(config['attribute_expected_value'] ?? '')
}

/**
 * Keycloak saves any text, and each login through that condition fails afterwards.
 * @throws ModelError `invalid` for a pattern that cannot be used
 */
export function requireUsableConfig({ config }: AuthenticatorConfig): void {
  const problem = configPatternProblem(config)
  if (problem === null) return
  throw new ModelError(
    'invalid',
    `attribute_expected_value is not a regular expression: ${problem}`,
  )
}
