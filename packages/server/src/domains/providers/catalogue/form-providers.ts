import { type Provider, property, provider } from '../provider.ts'
import { onOrOff } from '../requirement-choices.ts'

const siteKey = property('site.key', 'reCAPTCHA Site Key', 'String')
const action = property('action', 'Action Name', 'String', { default: 'register' })
const useRecaptchaNet = property('useRecaptchaNet', 'Use recaptcha.net', 'boolean', {
  default: false,
})
const recaptchaV3 = property('recaptcha.v3', 'reCAPTCHA v3', 'boolean', { default: false })

/** Forms that consist of form actions. */
export const formAuthenticators: readonly Provider[] = [
  provider('registration-page-form', 'Registration Page', [], { choices: onOrOff }),
]

/** Parts of a form. */
export const formActions: readonly Provider[] = [
  provider(
    'registration-password-action',
    'Password Validation',
    [
      property(
        'always_set_password_on_register_form',
        'Always set password on register form',
        'boolean',
      ),
    ],
    { choices: onOrOff },
  ),
  provider(
    'registration-recaptcha-action',
    'reCAPTCHA',
    [
      siteKey,
      property('secret.key', 'reCAPTCHA Secret', 'String', { secret: true }),
      action,
      useRecaptchaNet,
      recaptchaV3,
    ],
    { choices: onOrOff },
  ),
  provider(
    'registration-recaptcha-enterprise',
    'reCAPTCHA Enterprise',
    [
      property('project.id', 'Project ID', 'String'),
      siteKey,
      property('api.key', 'Google API Key', 'String', { secret: true }),
      property('score.threshold', 'Min. Score Threshold', 'String', { default: '0.7' }),
      action,
      useRecaptchaNet,
      recaptchaV3,
    ],
    { choices: onOrOff },
  ),
  provider('registration-terms-and-conditions', 'Terms and conditions', [], { choices: onOrOff }),
  provider('registration-user-creation', 'Registration User Profile Creation', [], {
    choices: onOrOff,
  }),
]

/** How clients prove who they are. */
export const clientAuthenticators: readonly Provider[] = [
  provider('client-jwt', 'Signed JWT', [], { supportsSecret: false }),
  provider('client-secret', 'Client Id and Secret', [], { supportsSecret: true }),
  provider('client-secret-jwt', 'Signed JWT with Client Secret', [], { supportsSecret: true }),
  provider('client-x509', 'X509 Certificate', [], { supportsSecret: false }),
  provider('federated-jwt', 'Signed JWT - Federated', [], {
    supportsSecret: false,
    clientProperties: [
      property('jwt.credential.issuer', 'Identity provider', 'String', { required: true }),
      property('jwt.credential.sub', 'Federated subject', 'String', { required: true }),
    ],
  }),
]
