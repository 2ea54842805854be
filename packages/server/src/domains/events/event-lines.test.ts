import { expect, it } from 'vitest'
import { loginEventLine } from './event-lines.ts'

const wrongPassword = {
  type: 'LOGIN_ERROR',
  realmId: 'r-1',
  realmName: 'acme',
  clientId: 'web',
  ipAddress: '127.0.0.1',
  error: 'user_not_found',
  details: { auth_method: 'openid-connect', username: 'nobody' },
}

it('is the line that log collectors know from Keycloak', () => {
  expect(loginEventLine(wrongPassword)).toBe(
    'type="LOGIN_ERROR", realmId="r-1", realmName="acme", clientId="web", userId="null", ' +
      'ipAddress="127.0.0.1", error="user_not_found", auth_method="openid-connect", username="nobody"',
  )
})

it('keeps what a user typed inside its quotes and on its line', () => {
  const username = 'x", error="none\n2026 INFO forged'
  const line = loginEventLine({ ...wrongPassword, details: { username } })
  expect(line).not.toContain('\n')
  expect(line).toContain('username="x\\", error=\\"none\\u000a2026 INFO forged"')
})
