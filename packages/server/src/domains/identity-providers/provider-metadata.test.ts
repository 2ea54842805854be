import { expect, test } from 'vitest'
import { settingsFromMetadata } from './provider-metadata.ts'

test('metadata of an OpenID provider become settings, what is no text does not', () => {
  const metadata = {
    issuer: 'https://op.example',
    authorization_endpoint: 'https://op.example/auth',
    token_endpoint: ['no text'],
    jwks_uri: 'https://op.example/jwks',
  }
  expect(settingsFromMetadata('oidc', JSON.stringify(metadata))).toEqual({
    issuer: 'https://op.example',
    authorizationUrl: 'https://op.example/auth',
    jwksUrl: 'https://op.example/jwks',
    validateSignature: 'true',
    useJwksUrl: 'true',
  })
  expect(settingsFromMetadata('google', 'whatever')).toEqual({})
})

test('what are no metadata is refused', () => {
  for (const text of ['', 'nothing', '[]', 'null', '7']) {
    expect(() => settingsFromMetadata('keycloak-oidc', text)).toThrow('not JSON')
  }
  expect(() => settingsFromMetadata('saml', '<x/>')).toThrow('SAML')
})
