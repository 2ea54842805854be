import { patternProblem } from '../../../patterns/patterns.ts'
import { isDirectoryAddress } from '../../credentials/x509/revocation-lists.ts'
import { choiceProblem } from '../../providers/choice-problem.ts'
import type { Provider } from '../../providers/provider.ts'
import { ModelError } from '../../realms/model-error.ts'
import type { AuthenticatorConfig } from '../../realms/realm.ts'

const revocationLists = 'x509-cert-auth.crl-relative-path'
const certificatePattern = 'x509-cert-auth.regular-expression'

/**
 * @returns why the pattern of an authenticator's configuration (`regex` of `conditional-user-attribute`, the expression that
 *   takes a name out of a certificate) cannot be used; null where there is none or it can
 */
export function configPatternProblem(config: AuthenticatorConfig['config']): string | null {
  const ofCertificate = patternProblem(config?.[certificatePattern] ?? '')
  if (ofCertificate !== null)
    return `${certificatePattern} is not a regular expression: ${ofCertificate}`
  if (config?.['regex'] !== 'true') return null
  const problem = patternProblem(config['attribute_expected_value'] ?? '')
  return problem === null
    ? null
    : `attribute_expected_value is not a regular expression: ${problem}`
}

/**
 * Keycloak saves any text, and each login through that condition fails afterwards.
 * @param providers of the executions that have the configuration
 * @throws ModelError `invalid` for a pattern that cannot be used, or a value that is none of those to choose from
 */
export function requireUsableConfig(
  { config }: AuthenticatorConfig,
  providers: readonly Provider[],
): void {
  for (const provider of providers) {
    const wrong = choiceProblem(provider, config)
    if (wrong !== null) throw new ModelError('invalid', wrong)
  }
  const directory = (config?.[revocationLists] ?? '').split('##').find(isDirectoryAddress)
  if (directory !== undefined) {
    const instead = 'name an http or https address of the list, or a file below conf/'
    throw new ModelError('invalid', `${revocationLists}: ${directory} is LDAP; ${instead}`)
  }
  const problem = configPatternProblem(config)
  if (problem !== null) throw new ModelError('invalid', problem)
}
