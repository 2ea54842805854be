import { type Provider, property, provider } from '../provider.ts'
import { allRequirements, always, onOrOff } from '../requirement-choices.ts'

const x509CertAuthMappingSourceSelection = property(
  'x509-cert-auth.mapping-source-selection',
  'User Identity Source',
  'List',
  {
    default: 'Match SubjectDN using regular expression',
    options: [
      'Match SubjectDN using regular expression',
      "Subject's e-mail",
      "Subject's Alternative Name E-mail",
      "Subject's Alternative Name otherName (UPN)",
      "Subject's Common Name",
      'Match IssuerDN using regular expression',
      'Certificate Serial Number',
      'Certificate Serial Number and IssuerDN',
      'SHA-256 Thumbprint',
      'Full Certificate in PEM format',
    ],
  },
)
const x509CertAuthCanonicalDnEnabled = property(
  'x509-cert-auth.canonical-dn-enabled',
  'Canonical DN representation enabled',
  'boolean',
  { default: 'false' },
)
const x509CertAuthSerialnumberHexEnabled = property(
  'x509-cert-auth.serialnumber-hex-enabled',
  'Enable Serial Number hexadecimal representation',
  'boolean',
  { default: 'false' },
)
const x509CertAuthRegularExpression = property(
  'x509-cert-auth.regular-expression',
  'A regular expression to extract user identity',
  'String',
  { default: '(.*?)(?:$)' },
)
const x509CertAuthMapperSelection = property(
  'x509-cert-auth.mapper-selection',
  'User mapping method',
  'List',
  { default: 'Custom Attribute Mapper', options: ['Custom Attribute Mapper', 'Username or Email'] },
)
const x509CertAuthMapperSelectionUserAttributeName = property(
  'x509-cert-auth.mapper-selection.user-attribute-name',
  'A name of user attribute',
  'MultivaluedString',
  { default: 'usercertificate' },
)
const x509CertAuthTimestampValidationEnabled = property(
  'x509-cert-auth.timestamp-validation-enabled',
  'Check certificate validity',
  'boolean',
  { default: 'true' },
)
const x509CertAuthCrlCheckingEnabled = property(
  'x509-cert-auth.crl-checking-enabled',
  'CRL Checking Enabled',
  'boolean',
)
const x509CertAuthCrldpCheckingEnabled = property(
  'x509-cert-auth.crldp-checking-enabled',
  'Enable CRL Distribution Point to check certificate revocation status',
  'boolean',
  { default: 'false' },
)
const x509CertAuthCrlRelativePath = property(
  'x509-cert-auth.crl-relative-path',
  'CRL Path',
  'MultivaluedString',
  { default: 'crl.pem' },
)
const x509CertAuthCrlAbortIfNonUpdated = property(
  'x509-cert-auth-crl-abort-if-non-updated',
  'CRL abort if non updated',
  'boolean',
  { default: 'true' },
)
const x509CertAuthOcspCheckingEnabled = property(
  'x509-cert-auth.ocsp-checking-enabled',
  'OCSP Checking Enabled',
  'boolean',
)
const x509CertAuthOcspFailOpen = property(
  'x509-cert-auth.ocsp-fail-open',
  'OCSP Fail-Open Behavior',
  'boolean',
  { default: 'false' },
)
const x509CertAuthOcspResponderUri = property(
  'x509-cert-auth.ocsp-responder-uri',
  'OCSP Responder Uri',
  'String',
)
const x509CertAuthOcspResponderCertificate = property(
  'x509-cert-auth.ocsp-responder-certificate',
  'OCSP Responder Certificate',
  'Text',
)
const x509CertAuthKeyusage = property('x509-cert-auth.keyusage', 'Validate Key Usage', 'String')
const x509CertAuthExtendedkeyusage = property(
  'x509-cert-auth.extendedkeyusage',
  'Validate Extended Key Usage',
  'String',
)
const x509CertAuthConfirmationPageDisallowed = property(
  'x509-cert-auth.confirmation-page-disallowed',
  'Bypass identity confirmation',
  'boolean',
)
const x509CertAuthRevalidateCertificateEnabled = property(
  'x509-cert-auth.revalidate-certificate-enabled',
  'Revalidate Client Certificate',
  'boolean',
)
const x509CertAuthCertificatePolicy = property(
  'x509-cert-auth.certificate-policy',
  'Validate Certificate Policy',
  'String',
)
const x509CertAuthCertificatePolicyMode = property(
  'x509-cert-auth.certificate-policy-mode',
  'Certificate Policy Validation Mode',
  'List',
  { default: 'All', options: ['All', 'Any'] },
)

/** Steps of flows. */
export const authenticators: readonly Provider[] = [
  provider('allow-access-authenticator', 'Allow access', [], { choices: onOrOff }),
  provider('auth-conditional-otp-form', 'Conditional OTP Form', [
    property('otpControlAttribute', 'OTP control User Attribute', 'String'),
    property('skipOtpRole', 'Skip OTP for Role', 'Role'),
    property('forceOtpRole', 'Force OTP for Role', 'Role'),
    property('noOtpRequiredForHeaderPattern', 'Skip OTP for Header', 'String', { default: '' }),
    property('forceOtpForHeaderPattern', 'Force OTP for Header', 'String', { default: '' }),
    property('defaultOtpOutcome', 'Fallback OTP handling', 'List', { options: ['skip', 'force'] }),
  ]),
  provider('auth-cookie', 'Cookie'),
  provider('auth-otp-form', 'OTP Form'),
  provider('auth-password-form', 'Password Form'),
  provider('auth-recovery-authn-code-form', 'Recovery Authentication Code Form'),
  provider('auth-spnego', 'Kerberos'),
  provider('auth-username-form', 'Username Form', [], { choices: always }),
  provider('auth-username-password-form', 'Username Password Form', [], { choices: always }),
  provider('auth-x509-client-username-form', 'X509/Validate Username Form', [
    x509CertAuthMappingSourceSelection,
    x509CertAuthCanonicalDnEnabled,
    x509CertAuthSerialnumberHexEnabled,
    x509CertAuthRegularExpression,
    x509CertAuthMapperSelection,
    x509CertAuthMapperSelectionUserAttributeName,
    x509CertAuthTimestampValidationEnabled,
    x509CertAuthCrlCheckingEnabled,
    x509CertAuthCrldpCheckingEnabled,
    x509CertAuthCrlRelativePath,
    x509CertAuthCrlAbortIfNonUpdated,
    x509CertAuthOcspCheckingEnabled,
    x509CertAuthOcspFailOpen,
    x509CertAuthOcspResponderUri,
    x509CertAuthOcspResponderCertificate,
    x509CertAuthKeyusage,
    x509CertAuthExtendedkeyusage,
    x509CertAuthConfirmationPageDisallowed,
    x509CertAuthRevalidateCertificateEnabled,
    x509CertAuthCertificatePolicy,
    x509CertAuthCertificatePolicyMode,
  ]),
  provider(
    'deny-access-authenticator',
    'Deny access',
    [property('denyErrorMessage', 'Error message', 'String')],
    { choices: onOrOff },
  ),
  provider(
    'direct-grant-auth-x509-username',
    'X509/Validate Username',
    [
      x509CertAuthMappingSourceSelection,
      x509CertAuthCanonicalDnEnabled,
      x509CertAuthSerialnumberHexEnabled,
      x509CertAuthRegularExpression,
      x509CertAuthMapperSelection,
      x509CertAuthMapperSelectionUserAttributeName,
      x509CertAuthTimestampValidationEnabled,
      x509CertAuthCrlCheckingEnabled,
      x509CertAuthCrldpCheckingEnabled,
      x509CertAuthCrlRelativePath,
      x509CertAuthCrlAbortIfNonUpdated,
      x509CertAuthOcspCheckingEnabled,
      x509CertAuthOcspFailOpen,
      x509CertAuthOcspResponderUri,
      x509CertAuthOcspResponderCertificate,
      x509CertAuthKeyusage,
      x509CertAuthExtendedkeyusage,
      x509CertAuthConfirmationPageDisallowed,
      x509CertAuthRevalidateCertificateEnabled,
      x509CertAuthCertificatePolicy,
      x509CertAuthCertificatePolicyMode,
    ],
    { choices: always },
  ),
  provider('direct-grant-validate-otp', 'OTP'),
  provider('direct-grant-validate-password', 'Password'),
  provider('direct-grant-validate-username', 'Username Validation', [], { choices: always }),
  provider('docker-http-basic-authenticator', 'Docker Authenticator', [], { choices: always }),
  provider('http-basic-authenticator', 'HTTP Basic Authentication', [], {
    choices: allRequirements,
  }),
  provider('identity-provider-redirector', 'Identity Provider Redirector', [
    property('defaultProvider', 'Default Identity Provider', 'String'),
  ]),
  provider('idp-add-organization-member', 'Organization Member Onboard'),
  provider('idp-auto-link', 'Automatically set existing user'),
  provider('idp-confirm-link', 'Confirm link existing account'),
  provider('idp-confirm-override-link', 'Confirm override existing link', [], { choices: onOrOff }),
  provider('idp-create-user-if-unique', 'Create User If Unique', [
    property(
      'require.password.update.after.registration',
      'Require Password Update After Registration',
      'boolean',
    ),
  ]),
  provider('idp-detect-existing-broker-user', 'Detect existing broker user', [], {
    choices: onOrOff,
  }),
  provider('idp-email-verification', 'Verify existing account by Email'),
  provider('idp-review-profile', 'Review Profile', [
    property('update.profile.on.first.login', 'Update Profile on First Login', 'List', {
      default: 'missing',
      options: ['on', 'missing', 'off'],
    }),
  ]),
  provider(
    'idp-username-password-form',
    'Username Password Form for identity provider reauthentication',
    [],
    { choices: always },
  ),
  provider('organization', 'Organization Identity-First Login', [
    property('requiresUserMembership', 'Requires user membership', 'boolean'),
  ]),
  provider(
    'reset-credential-email',
    'Send Reset Email',
    [
      property('force-login', 'Force login after reset', 'List', {
        default: 'only-federated',
        options: ['true', 'false', 'only-federated'],
      }),
    ],
    { choices: always },
  ),
  provider('reset-credentials-choose-user', 'Choose User', [], { choices: always }),
  provider('reset-otp', 'Reset OTP', [
    property('action_on_otp_reset_flag', 'Action on OTP reset.', 'List', {
      default: 'Remove none',
      options: ['Remove none', 'Remove one', 'Remove all'],
    }),
  ]),
  provider('reset-password', 'Reset Password'),
  provider(
    'user-session-limits',
    'User session count limiter',
    [
      property(
        'userRealmLimit',
        'Maximum concurrent sessions for each user within this realm.',
        'String',
        { default: '3' },
      ),
      property(
        'userClientLimit',
        'Maximum concurrent sessions for each user per keycloak client.',
        'String',
        { default: '0' },
      ),
      property('behavior', 'Behavior when user session limit is exceeded', 'List', {
        default: 'Deny new session',
        options: ['Deny new session', 'Terminate oldest session'],
      }),
      property('errorMessage', 'Optional custom error message', 'String'),
    ],
    { choices: onOrOff },
  ),
  provider('webauthn-authenticator', 'WebAuthn Authenticator'),
  provider('webauthn-authenticator-passwordless', 'WebAuthn Passwordless Authenticator'),
]

/** Conditions of sub-flows: authenticators for Keycloak, too. */
export const conditions: readonly Provider[] = [
  provider(
    'conditional-client-scope',
    'Condition - client scope',
    [
      property('client_scope', 'Client scope name', 'String', { required: true }),
      property('negate', 'Negate output', 'boolean', { required: true }),
    ],
    { choices: onOrOff },
  ),
  provider(
    'conditional-credential',
    'Condition - credential',
    [
      property('credentials', 'Credentials', 'MultivaluedList', {
        options: [
          'webauthn',
          'recovery-authn-codes',
          'otp',
          'password',
          'webauthn-passwordless',
          'kerberos',
          'cert',
          'none',
        ],
        required: true,
      }),
      property('included', 'Included', 'boolean'),
    ],
    { choices: onOrOff },
  ),
  provider(
    'conditional-level-of-authentication',
    'Condition - Level of Authentication',
    [
      property('loa-condition-level', 'loa-condition-level', 'String', {
        help: 'loa-condition-level.tooltip',
      }),
      property('loa-max-age', 'loa-max-age', 'String', {
        help: 'loa-max-age.tooltip',
        default: 36000,
      }),
    ],
    { choices: onOrOff },
  ),
  provider(
    'conditional-sub-flow-executed',
    'Condition - sub-flow executed',
    [
      property('flow_to_check', 'Flow name', 'String', { required: true }),
      property('check_result', 'Check result', 'List', {
        default: 'executed',
        options: ['executed', 'not-executed'],
        required: true,
      }),
    ],
    { choices: onOrOff },
  ),
  provider(
    'conditional-user-attribute',
    'Condition - user attribute',
    [
      property('attribute_name', 'Attribute name', 'String'),
      property('attribute_expected_value', 'Expected attribute value', 'String'),
      property('include_group_attributes', 'Include group attributes', 'boolean'),
      property('not', 'Negate output', 'boolean'),
      property('regex', 'regex', 'boolean'),
    ],
    { choices: onOrOff },
  ),
  provider('conditional-user-configured', 'Condition - user configured', [], { choices: onOrOff }),
  provider(
    'conditional-user-role',
    'Condition - user role',
    [property('condUserRole', 'User role', 'Role'), property('negate', 'Negate output', 'boolean')],
    { choices: onOrOff },
  ),
]
