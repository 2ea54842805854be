import { newUuid } from '../../../shared/random.ts'
import type {
  AuthenticationExecution,
  AuthenticationFlow,
  AuthenticatorConfig,
} from '../../realms/realm.ts'

type Requirement = AuthenticationExecution['requirement']

/** An execution of one authenticator. */
function step(
  authenticator: string,
  requirement: Requirement,
  priority: number,
  authenticatorConfig?: string,
): AuthenticationExecution {
  return {
    ...(authenticatorConfig ? { authenticatorConfig } : {}),
    authenticator,
    authenticatorFlow: false,
    requirement,
    priority,
    userSetupAllowed: false,
  }
}

/** An execution of a nested flow. */
function nested(
  flowAlias: string,
  requirement: Requirement,
  priority: number,
  authenticator?: string,
): AuthenticationExecution {
  return {
    ...(authenticator ? { authenticator } : {}),
    authenticatorFlow: true,
    requirement,
    priority,
    flowAlias,
    userSetupAllowed: false,
  }
}

type FlowDefinition = Omit<AuthenticationFlow, 'id' | 'builtIn'>

function flow(
  alias: string,
  description: string | undefined,
  authenticationExecutions: AuthenticationExecution[],
  options: { topLevel?: boolean; providerId?: string } = {},
): FlowDefinition {
  return {
    alias,
    ...(description === undefined ? {} : { description }),
    providerId: options.providerId ?? 'basic-flow',
    topLevel: options.topLevel ?? false,
    authenticationExecutions,
  }
}

const topLevel = { topLevel: true }
const anySecondFactor = 'Flow to determine if any 2FA is required for the authentication'

function secondFactorSteps(config: string): AuthenticationExecution[] {
  return [
    step('conditional-user-configured', 'REQUIRED', 10),
    step('conditional-credential', 'REQUIRED', 20, config),
    step('auth-otp-form', 'ALTERNATIVE', 30),
    step('webauthn-authenticator', 'DISABLED', 40),
    step('auth-recovery-authn-code-form', 'DISABLED', 50),
  ]
}

function browserFlows(withOrganizations: boolean): FlowDefinition[] {
  return [
    flow(
      'browser',
      'Browser based authentication',
      [
        step('auth-cookie', 'ALTERNATIVE', 10),
        step('auth-spnego', 'DISABLED', 20),
        step('identity-provider-redirector', 'ALTERNATIVE', 25),
        ...(withOrganizations ? [nested('Organization', 'ALTERNATIVE', 26)] : []),
        nested('forms', 'ALTERNATIVE', 30),
      ],
      topLevel,
    ),
    flow('forms', 'Username, password, otp and other auth forms.', [
      step('auth-username-password-form', 'REQUIRED', 10),
      nested('Browser - Conditional 2FA', 'CONDITIONAL', 20),
    ]),
    flow(
      'Browser - Conditional 2FA',
      anySecondFactor,
      secondFactorSteps('browser-conditional-credential'),
    ),
    ...(withOrganizations ? organizationFlows() : []),
  ]
}

function organizationFlows(): FlowDefinition[] {
  return [
    flow('Organization', undefined, [
      nested('Browser - Conditional Organization', 'CONDITIONAL', 10),
    ]),
    flow(
      'Browser - Conditional Organization',
      'Flow to determine if the organization identity-first login is to be used',
      [
        step('conditional-user-configured', 'REQUIRED', 10),
        step('organization', 'ALTERNATIVE', 20),
      ],
    ),
    flow(
      'First Broker Login - Conditional Organization',
      'Flow to determine if the authenticator that adds organization members is to be used',
      [
        step('conditional-user-configured', 'REQUIRED', 10),
        step('idp-add-organization-member', 'REQUIRED', 20),
      ],
    ),
  ]
}

function firstBrokerLoginFlows(withOrganizations: boolean): FlowDefinition[] {
  const organization = 'First Broker Login - Conditional Organization'
  return [
    flow(
      'first broker login',
      'Actions taken after first broker login with identity provider account, which is not yet linked to any Keycloak account',
      [
        step('idp-review-profile', 'REQUIRED', 10, 'review profile config'),
        nested('User creation or linking', 'REQUIRED', 20),
        ...(withOrganizations ? [nested(organization, 'CONDITIONAL', 60)] : []),
      ],
      topLevel,
    ),
    flow('User creation or linking', 'Flow for the existing/non-existing user alternatives', [
      step('idp-create-user-if-unique', 'ALTERNATIVE', 10, 'create unique user config'),
      nested('Handle Existing Account', 'ALTERNATIVE', 20),
    ]),
    flow(
      'Handle Existing Account',
      'Handle what to do if there is existing account with same email/username like authenticated identity provider',
      [
        step('idp-confirm-link', 'REQUIRED', 10),
        nested('Account verification options', 'REQUIRED', 20),
      ],
    ),
    flow('Account verification options', 'Method with which to verify the existing account', [
      step('idp-email-verification', 'ALTERNATIVE', 10),
      nested('Verify Existing Account by Re-authentication', 'ALTERNATIVE', 20),
    ]),
    flow('Verify Existing Account by Re-authentication', 'Reauthentication of existing account', [
      step('idp-username-password-form', 'REQUIRED', 10),
      nested('First broker login - Conditional 2FA', 'CONDITIONAL', 20),
    ]),
    flow(
      'First broker login - Conditional 2FA',
      anySecondFactor,
      secondFactorSteps('first-broker-login-conditional-credential'),
    ),
  ]
}

function registrationFlows(): FlowDefinition[] {
  return [
    flow(
      'registration',
      'Registration flow',
      [nested('registration form', 'REQUIRED', 10, 'registration-page-form')],
      topLevel,
    ),
    flow(
      'registration form',
      'Registration form',
      [
        step('registration-user-creation', 'REQUIRED', 20),
        step('registration-password-action', 'REQUIRED', 50),
        step('registration-recaptcha-action', 'DISABLED', 60),
        step('registration-terms-and-conditions', 'DISABLED', 70),
      ],
      { providerId: 'form-flow' },
    ),
  ]
}

function directGrantFlows(): FlowDefinition[] {
  return [
    flow(
      'direct grant',
      'OpenID Connect Resource Owner Grant',
      [
        step('direct-grant-validate-username', 'REQUIRED', 10),
        step('direct-grant-validate-password', 'REQUIRED', 20),
        nested('Direct Grant - Conditional OTP', 'CONDITIONAL', 30),
      ],
      topLevel,
    ),
    flow(
      'Direct Grant - Conditional OTP',
      'Flow to determine if the OTP is required for the authentication',
      [
        step('conditional-user-configured', 'REQUIRED', 10),
        step('direct-grant-validate-otp', 'REQUIRED', 20),
      ],
    ),
  ]
}

function resetCredentialsFlows(): FlowDefinition[] {
  return [
    flow(
      'reset credentials',
      'Reset credentials for a user if they forgot their password or something',
      [
        step('reset-credentials-choose-user', 'REQUIRED', 10),
        step('reset-credential-email', 'REQUIRED', 20),
        step('reset-password', 'REQUIRED', 30),
        nested('Reset - Conditional OTP', 'CONDITIONAL', 40),
      ],
      topLevel,
    ),
    flow(
      'Reset - Conditional OTP',
      'Flow to determine if the OTP should be reset or not. Set to REQUIRED to force.',
      [step('conditional-user-configured', 'REQUIRED', 10), step('reset-otp', 'REQUIRED', 20)],
    ),
  ]
}

function clientAndProtocolFlows(): FlowDefinition[] {
  return [
    flow(
      'clients',
      'Base authentication for clients',
      [
        step('client-secret', 'ALTERNATIVE', 10),
        step('client-jwt', 'ALTERNATIVE', 20),
        step('client-secret-jwt', 'ALTERNATIVE', 30),
        step('client-x509', 'ALTERNATIVE', 40),
        step('federated-jwt', 'ALTERNATIVE', 50),
      ],
      { topLevel: true, providerId: 'client-flow' },
    ),
    flow(
      'docker auth',
      'Used by Docker clients to authenticate against the IDP',
      [step('docker-http-basic-authenticator', 'REQUIRED', 10)],
      topLevel,
    ),
    flow(
      'saml ecp',
      'SAML ECP Profile Authentication Flow',
      [step('http-basic-authenticator', 'REQUIRED', 10)],
      topLevel,
    ),
  ]
}

/**
 * The built-in flows of a new realm (Keycloak 26.7).
 * @param withOrganizations false for the master realm, which has no organization sub-flows
 */
export function defaultFlows(withOrganizations: boolean): AuthenticationFlow[] {
  const definitions = [
    ...browserFlows(withOrganizations),
    ...directGrantFlows(),
    ...registrationFlows(),
    ...resetCredentialsFlows(),
    ...clientAndProtocolFlows(),
    ...firstBrokerLoginFlows(withOrganizations),
  ]
  return definitions.map((definition) => ({ id: newUuid(), ...definition, builtIn: true }))
}

/** Which flow does what in a new realm. */
export const defaultFlowBindings = {
  browserFlow: 'browser',
  registrationFlow: 'registration',
  directGrantFlow: 'direct grant',
  resetCredentialsFlow: 'reset credentials',
  clientAuthenticationFlow: 'clients',
  dockerAuthenticationFlow: 'docker auth',
  firstBrokerLoginFlow: 'first broker login',
} as const

/** Configurations that the built-in flows refer to by alias. */
export function defaultAuthenticatorConfigs(): AuthenticatorConfig[] {
  const passkey = { credentials: 'webauthn-passwordless' }
  const configs: [string, Record<string, string>][] = [
    ['browser-conditional-credential', passkey],
    ['create unique user config', { 'require.password.update.after.registration': 'false' }],
    ['first-broker-login-conditional-credential', passkey],
    ['review profile config', { 'update.profile.on.first.login': 'missing' }],
  ]
  return configs.map(([alias, config]) => ({ id: newUuid(), alias, config: { ...config } }))
}
