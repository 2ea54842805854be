import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall, ProposedClient } from '../policy-occasion.ts'
import { textOf } from '../rule-configuration.ts'
import { on, type PolicyExecutor, saved } from './executor.ts'
import {
  algorithmOf,
  defaultFapiAlgorithm,
  fapiAlgorithms,
  requireFapiAlgorithm,
} from './fapi-algorithms.ts'

const signed = [
  'user.info.response.signature.alg',
  'request.object.signature.alg',
  'id.token.signed.response.alg',
  'token.endpoint.auth.signing.alg',
]
/** Registration has no metadata for it. */
const signedForAdministrators = ['access.token.signed.response.alg']
const backchannel = ['ciba.backchannel.auth.request.signing.alg']

/** What is signed is signed as the FAPI profiles want it. */
export const signatureAlgorithmExecutors: readonly PolicyExecutor[] = [
  {
    id: 'secure-signature-algorithm',
    changes: on(saved, ({ proposed, updater }, configuration) => {
      const names =
        updater.by === 'ByAuthenticatedUser' ? [...signed, ...signedForAdministrators] : signed
      settle(proposed, names, textOf(configuration, 'default-algorithm'))
    }),
    // Keycloak takes any algorithm here, which the conformance suite of FAPI 2 counts as a fault.
    calls: on(
      [
        'TOKEN_REQUEST',
        'TOKEN_REFRESH',
        'SERVICE_ACCOUNT_TOKEN_REQUEST',
        'PUSHED_AUTHORIZATION_REQUEST',
        'USERINFO_REQUEST',
      ],
      requireProofAlgorithm,
    ),
  },
  {
    id: 'secure-ciba-req-sig-algorithm',
    changes: on(saved, ({ proposed }, configuration) =>
      settle(proposed, backchannel, textOf(configuration, 'default-algorithm')),
    ),
  },
]

/** Fills in the usual algorithm and refuses others. @throws ClientPolicyRefusal */
function settle(
  proposed: ProposedClient,
  names: readonly string[],
  usual = defaultFapiAlgorithm,
): void {
  const attributes = { ...proposed.attributes }
  for (const name of names) {
    attributes[name] ||= usual
    requireFapiAlgorithm(attributes[name])
  }
  proposed.attributes = attributes
}

function requireProofAlgorithm({ proof }: ClientCall): void {
  const algorithm = typeof proof === 'string' ? algorithmOf(proof) : undefined
  if (algorithm === undefined || fapiAlgorithms.includes(algorithm)) return
  throw new ClientPolicyRefusal('invalid_dpop_proof', 'not allowed signature algorithm.')
}
