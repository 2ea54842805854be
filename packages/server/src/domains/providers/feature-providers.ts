import { clientPolicyConditions } from './catalogue/client-policies.ts'
import { clientPolicyExecutors } from './catalogue/client-policy-executors.ts'

/** Executors that Keycloak lists while client policies are off, too. */
const alwaysThere = [
  'registration-access-token-rotation-disabled',
  'suppress-refresh-token-rotation',
  'use-lightweight-access-token',
]

/** What is there only while a feature is on: ids of steps, conditions, required actions and identity providers. */
const byFeature: Readonly<Record<string, readonly string[]>> = {
  CLIENT_POLICIES: [...clientPolicyConditions, ...clientPolicyExecutors]
    .map(({ id }) => id)
    .filter((id) => !alwaysThere.includes(id)),
  KUBERNETES_SERVICE_ACCOUNTS: ['kubernetes'],
  RECOVERY_CODES: ['auth-recovery-authn-code-form', 'CONFIGURE_RECOVERY_AUTHN_CODES'],
  STEP_UP_AUTHENTICATION: ['conditional-level-of-authentication'],
  UPDATE_EMAIL: ['UPDATE_EMAIL'],
  WEB_AUTHN: [
    'webauthn-authenticator',
    'webauthn-authenticator-passwordless',
    'webauthn-register',
    'webauthn-register-passwordless',
  ],
}

/**
 * @param features names of those that are on
 * @returns ids of providers that there are not, as if this server had never had them
 */
export function absentProviders(features: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    Object.entries(byFeature).flatMap(([feature, ids]) => (features.has(feature) ? [] : ids)),
  )
}
