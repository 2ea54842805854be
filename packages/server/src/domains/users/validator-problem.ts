import { patternProblem } from '../../patterns/patterns.ts'
import { isValidator, type ValidatorConfig } from './profile-validators.ts'

/** @returns why a rule of a user profile cannot be followed, as one that came with an import may; null for one that can */
export function validatorProblem(name: string, config: ValidatorConfig): string | null {
  if (!isValidator(name)) return 'there is none of that name'
  return name === 'pattern' ? patternProblem(String(config['pattern'] ?? '')) : null
}
