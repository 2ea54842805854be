import { expect, it } from 'vitest'
import { withoutSecrets } from './without-secrets.ts'

it('keeps what was changed and nothing that proves an identity', () => {
  const sent = {
    username: 'anna',
    credentials: [{ type: 'password', value: 'hunter2', temporary: true }],
    smtpServer: { host: 'mail', password: 'p' },
    identityProviders: [{ alias: 'a', config: { clientSecret: 's', clientId: 'c' } }],
  }
  expect(withoutSecrets(sent)).toEqual({
    username: 'anna',
    credentials: [{ type: 'password', userLabel: undefined, temporary: true }],
    smtpServer: { host: 'mail', password: '**********' },
    identityProviders: [{ alias: 'a', config: { clientSecret: '**********', clientId: 'c' } }],
  })
})

it('leaves the sent object as it was', () => {
  const sent = { secret: 'x' }
  withoutSecrets(sent)
  expect(sent).toEqual({ secret: 'x' })
})
