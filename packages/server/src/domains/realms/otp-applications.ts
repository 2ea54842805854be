/** What a realm wants of one-time codes, as far as apps differ. */
interface OtpSettings {
  readonly otpPolicyType?: unknown
  readonly otpPolicyAlgorithm?: unknown
  readonly otpPolicyDigits?: unknown
  readonly otpPolicyPeriod?: unknown
}

/** @returns keys of the names of authenticator apps that can do what the policy asks for, as Keycloak knows them */
export function otpApplications(policy: OtpSettings): string[] {
  const usualPeriod = policy.otpPolicyPeriod === 30
  const timed = policy.otpPolicyType !== 'hotp'
  const usualCode = policy.otpPolicyAlgorithm === 'HmacSHA1' && policy.otpPolicyDigits === 6
  return [
    'totpAppFreeOTPName',
    ...(timed && !usualPeriod ? [] : ['totpAppGoogleName']),
    ...(timed && usualPeriod && usualCode ? ['totpAppMicrosoftAuthenticatorName'] : []),
  ]
}
