import { parseDistinguishedName, sameName } from '../../clients/distinguished-name.ts'
import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import { flagOf, textOf } from '../rule-configuration.ts'
import { on, type PolicyExecutor, saved } from './executor.ts'

const attribute = 'x509.casubjectdn'

/** Clients that authenticate by certificate have one of a certain authority. */
export const tlsClientAuthority: PolicyExecutor = {
  id: 'tls-client-auth-ca-subject-dn',
  changes: on(saved, ({ proposed }, configuration) => {
    if (proposed.clientAuthenticatorType !== 'client-x509') return
    const wanted = textOf(configuration, 'ca-subject-dn')
    if (wanted === undefined) return
    const attributes = { ...proposed.attributes }
    attributes[attribute] ||= wanted
    proposed.attributes = attributes
    if (!flagOf(configuration, 'enforced')) return
    const [one, other] = [wanted, attributes[attribute]].map(parseDistinguishedName)
    if (one && other && sameName(one, other)) return
    throw new ClientPolicyRefusal(
      'invalid_request',
      `Certificate Authority subject DN must be ${wanted}`,
    )
  }),
}
