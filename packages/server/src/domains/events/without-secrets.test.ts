import { expect, it } from 'vitest'
import { withoutSecrets } from './without-secrets.ts'

const clean = (representation: unknown) => JSON.parse(withoutSecrets(representation)) as unknown

it('masks secrets wherever they stand', () => {
  expect(
    clean({ clientId: 'web', secret: 's', config: { clientSecret: 'c', other: 'o' } }),
  ).toEqual({
    clientId: 'web',
    secret: '**********',
    config: { clientSecret: '**********', other: 'o' },
  })
  expect(clean({ config: { privateKey: ['k'], priority: ['1'] } })).toEqual({
    config: { privateKey: ['**********'], priority: ['1'] },
  })
})

it('masks passwords of new users', () => {
  const user = { username: 'x', credentials: [{ type: 'password', value: 'p', temporary: false }] }
  expect(clean(user)).toEqual({
    username: 'x',
    credentials: [{ type: 'password', value: '**********', temporary: false }],
  })
})
