import { expect, test } from 'vitest'
import { parsePostgresUrl } from './postgres-url.ts'

test.each([
  ['postgres://db.test/keycloak', [{ host: 'db.test', port: 5432 }], 'keycloak'],
  ['postgresql://db.test:6432/id', [{ host: 'db.test', port: 6432 }], 'id'],
  ['jdbc:postgresql://db.test:5432/keycloak', [{ host: 'db.test', port: 5432 }], 'keycloak'],
  [
    'jdbc:postgresql://a.test:5433,b.test,[::1]:5434/keycloak?targetServerType=primary',
    [
      { host: 'a.test', port: 5433 },
      { host: 'b.test', port: 5432 },
      { host: '::1', port: 5434 },
    ],
    'keycloak',
  ],
  ['jdbc:postgresql:keycloak', [], 'keycloak'],
  ['jdbc:postgresql:/', [], undefined],
  ['jdbc:postgresql:///keycloak', [], 'keycloak'],
  [
    'postgres://%2Frun%2Fpostgresql/my%20data',
    [{ host: '/run/postgresql', port: 5432 }],
    'my data',
  ],
])('%s', (text, hosts, database) => {
  expect(parsePostgresUrl(text)).toMatchObject({ hosts, database })
})

test('user, password and properties', () => {
  const url = parsePostgresUrl(
    'postgres://ann:p%40ss:word@db.test/x?sslmode=require&currentSchema=kc',
  )
  expect(url).toMatchObject({ user: 'ann', password: 'p@ss:word' })
  expect(Object.fromEntries(url?.properties ?? [])).toEqual({
    sslmode: 'require',
    currentSchema: 'kc',
  })
})

test.each([
  'mysql://db.test/keycloak',
  'jdbc:mysql://db.test/keycloak',
  'db.test',
  'postgres:keycloak',
  'postgres://db.test:99999/keycloak',
  'postgres://a.test,/keycloak',
  'postgres://db.test/%zz',
])('%s is refused', (text) => {
  expect(parsePostgresUrl(text)).toBeUndefined()
})
