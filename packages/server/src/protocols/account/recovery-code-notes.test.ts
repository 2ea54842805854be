import { expect, it } from 'vitest'
import type { Credential } from '../../domains/credentials/credential.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import { recoveryCodeNotes } from './recovery-code-notes.ts'

function notes(remainingCodes: number, settings: object = {}) {
  const realm = { settings: { requiredActions: [], ...settings } } as unknown as Realm
  return recoveryCodeNotes(realm, { credentialData: { totalCodes: 12, remainingCodes } } as never)
}

it('of a list say how many codes are used, and that few are left below the threshold', () => {
  expect(notes(4)).toEqual({
    infoMessage: { key: 'recovery-codes-number-used', parameters: ['8/12'] },
  })
  expect(notes(3)).toMatchObject({
    warningMessageTitle: { key: 'recovery-codes-number-remaining', parameters: ['3'] },
    warningMessageDescription: { key: 'recovery-codes-generate-new-codes', parameters: [] },
  })
})

it('take the threshold of the password policy, and before that of the required action', () => {
  const passwordPolicy = 'recoveryCodesWarningThreshold(2)'
  expect(notes(3, { passwordPolicy })).not.toHaveProperty('warningMessageTitle')
  const action = {
    providerId: 'CONFIGURE_RECOVERY_AUTHN_CODES',
    config: { warning_threshold: '9' },
  }
  const settings = { passwordPolicy, requiredActions: [action] }
  expect(notes(8, settings)).toHaveProperty('warningMessageTitle')
})

it('say nothing of a list that cannot be read', () => {
  const realm = { settings: { requiredActions: [] } } as unknown as Realm
  const unread = { credentialData: {} } as unknown as Credential
  expect(recoveryCodeNotes(realm, unread)).toEqual({})
})
