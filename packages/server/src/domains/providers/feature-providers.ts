/** What is there only while a feature is on: ids of steps, conditions, required actions and identity providers. */
const byFeature: Readonly<Record<string, readonly string[]>> = {
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

/** Features whose providers come and go with them. */
export const featuresOfProviders: readonly string[] = Object.keys(byFeature)

/**
 * @param features names of those that are on
 * @returns ids of providers that there are not, as if this server had never had them
 */
export function absentProviders(features: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    Object.entries(byFeature).flatMap(([feature, ids]) => (features.has(feature) ? [] : ids)),
  )
}
