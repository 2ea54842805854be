import type { Credential } from '../../domains/credentials/credential.ts'
import { passwordPolicyOf } from '../../domains/credentials/password/password-policy.ts'
import type { Realm } from '../../domains/realms/realm.ts'

/** Keycloak's, where neither the required action nor the password policy says another number. */
const thresholdDefault = 4

/** @returns what the account console says of a list of recovery codes: how many are used, and that there are few left */
export function recoveryCodeNotes(realm: Realm, { credentialData }: Credential) {
  const [total, left] = ['totalCodes', 'remainingCodes'].map((name) => Number(credentialData[name]))
  if (total === undefined || left === undefined || !(left <= total)) return {}
  const few = {
    warningMessageTitle: { key: 'recovery-codes-number-remaining', parameters: [String(left)] },
    warningMessageDescription: { key: 'recovery-codes-generate-new-codes', parameters: [] },
  }
  return {
    infoMessage: { key: 'recovery-codes-number-used', parameters: [`${total - left}/${total}`] },
    ...(left < thresholdOf(realm) ? few : {}),
  }
}

function thresholdOf(realm: Realm): number {
  const action = realm.settings.requiredActions.find(
    ({ providerId }) => providerId === 'CONFIGURE_RECOVERY_AUTHN_CODES',
  )
  const rule = passwordPolicyOf(realm).rules.find(
    ({ name }) => name === 'recoveryCodesWarningThreshold',
  )
  const own = action?.config?.['warning_threshold'] ?? rule?.value
  const threshold = Number(own)
  return own !== undefined && Number.isInteger(threshold) ? threshold : thresholdDefault
}
