import { expect, test } from 'vitest'
import { PublishedPaths } from './published-paths.ts'

test.each([
  [
    '/realms/demo/.well-known/openid-configuration',
    'metadata',
    '/realms/:realm/.well-known/openid-configuration',
  ],
  [
    '/realms/demo/.well-known/oauth-authorization-server/',
    'metadata',
    '/realms/:realm/.well-known/oauth-authorization-server',
  ],
  [
    '/.well-known/oauth-authorization-server/realms/demo',
    'metadata',
    '/.well-known/oauth-authorization-server/realms/:realm',
  ],
  [
    '/realms/demo/protocol/openid-connect/certs?x=1',
    'keys',
    '/realms/:realm/protocol/openid-connect/certs',
  ],
])('%s is recognised, also under a relative path', (url, document, route) => {
  const found = { document, route, realm: 'demo' }
  expect(new PublishedPaths('').read(url)).toEqual(found)
  expect(new PublishedPaths('/a.b').read(`/a.b${url}`)).toEqual(found)
  expect(new PublishedPaths('/a.b').read(url)).toBeUndefined()
  expect(new PublishedPaths('/a.b').read(`/axb${url}`)).toBeUndefined()
})

test('names of realms are decoded; what cannot be decoded names none', () => {
  const paths = new PublishedPaths('')
  const realmOf = (name: string) =>
    paths.read(`/realms/${name}/protocol/openid-connect/certs`)?.realm
  expect(realmOf('caf%C3%A9%2Fbar')).toBe('café/bar')
  expect(realmOf('%zz')).toBe('')
})

test.each([
  '/',
  '/realms/demo',
  '/realms/demo/.well-known/webfinger',
  '/realms/demo/protocol/openid-connect/certs/more',
  '/realms//protocol/openid-connect/certs',
  '/realms/a/b/protocol/openid-connect/certs',
  '/x/realms/demo/protocol/openid-connect/certs',
  '/realms/demo/protocol/openid-connect/token?next=/realms/demo/protocol/openid-connect/certs',
])('%s is left to the router', (url) => {
  expect(new PublishedPaths('').read(url)).toBeUndefined()
})
