import fc from 'fast-check'
import { UnsecuredJWT } from 'jose'
import { documentOf, inPath, odd, oddJson, parametersOf, type Wild } from './wild-values.ts'

const urlEncoded = 'application/x-www-form-urlencoded'
/** Realm in which they are known, with a client `app` and a resource server `api`, each with the secret `s`. */
export const callersRealm = 'known'
export const redirectUri = 'http://app.example.org/cb'

/** Clients at the endpoints of OAuth. */
export function clientRequests(userToken: string): fc.Arbitrary<Wild> {
  const jwt = new UnsecuredJWT({ aud: 'x', sub: 'api', jti: 'j' }).encode()
  const app = { client_id: 'app', client_secret: 's' }
  const request = {
    ...{ client_id: 'app', redirect_uri: redirectUri, scope: 'openid' },
    response_type: 'code',
  }
  const grants = [
    { grant_type: 'password', username: 'anna', password: 'pw', scope: 'openid' },
    { grant_type: 'client_credentials', scope: 'openid' },
    {
      grant_type: 'authorization_code',
      code: 'a.b.c',
      redirect_uri: redirectUri,
      code_verifier: 'v',
    },
    { grant_type: 'refresh_token', refresh_token: userToken },
    { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' },
    { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: 'x' },
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt },
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      ...{
        subject_token: userToken,
        requested_token_type: 'x',
        audience: 'api',
        resource: 'urn:x',
      },
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    },
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
      ...{ audience: 'api', permission: 'r#s', claim_token: 'e30', response_mode: 'decision' },
      ...{ ticket: 'x', rpt: 'x', response_include_resource_name: 'true' },
    },
  ].map((grant) => parametersOf({ ...app, ...grant }))
  const posts: [string, fc.Arbitrary<string>][] = [
    ...grants.map((grant): [string, fc.Arbitrary<string>] => ['token', grant]),
    ['ext/par/request', parametersOf({ ...request, ...app, authorization_details: '[]' })],
    ['auth', parametersOf(request)],
    [
      'logout',
      parametersOf({
        client_id: 'app',
        post_logout_redirect_uri: redirectUri,
        id_token_hint: userToken,
      }),
    ],
    ['revoke', parametersOf({ ...app, token: userToken.slice(0, -3) })],
    ['token/introspect', parametersOf({ ...app, token: userToken })],
    ['auth/device', parametersOf({ ...app, scope: 'openid' })],
    [
      'ext/ciba/auth',
      parametersOf({ ...app, scope: 'openid', login_hint: 'anna', binding_message: 'm' }),
    ],
    ['userinfo', parametersOf({ access_token: userToken })],
    ['logout/backchannel-logout', parametersOf({ logout_token: jwt })],
  ]
  const below = `/realms/${callersRealm}/protocol/openid-connect/`
  return fc.oneof(
    ...posts.map(([end, form]) =>
      form.map((body) => ({
        method: 'POST',
        path: below + end,
        headers: { 'content-type': urlEncoded },
        body,
      })),
    ),
    ...['auth', 'logout', 'registrations'].map((end) =>
      parametersOf({ ...request, id_token_hint: userToken }).map((query) => ({
        ...{ method: 'GET', path: `${below}${end}?${query}`.slice(0, 8_000), headers: {} },
      })),
    ),
  )
}

/** Users at their account. */
export function accountRequests(userToken: string): fc.Arbitrary<Wild> {
  const profile = {
    ...{ id: 'x', username: 'anna', email: 'anna@example.org', firstName: 'A', lastName: 'B' },
    ...{ attributes: { locale: ['de'] }, emailVerified: true, userProfileMetadata: {} },
  }
  const paths = [
    '',
    '/credentials',
    '/applications',
    '/groups',
    '/linked-accounts',
    '/sessions',
  ].concat('/sessions/devices', '/supportedLocales', '/resources', '/resources/shared-with-me')
  const headers = {
    authorization: `Bearer ${userToken}`,
    'content-type': 'application/json',
    accept: 'application/json',
  }
  const account = `/realms/${callersRealm}/account`
  const query = fc
    .tuple(fc.constantFrom('first', 'max', 'name', 'current', 'userProfileMetadata', 'value'), odd)
    .map(([key, value]) => new URLSearchParams([[key, value]]).toString())
  return fc.oneof(
    documentOf(profile).map((body) => ({ method: 'POST', path: account, headers, body })),
    fc.tuple(fc.constantFrom(...paths), query).map(([path, asked]) => ({
      method: 'GET',
      path: `${account}${path}?${asked}`.slice(0, 8_000),
      headers,
    })),
    fc
      .tuple(
        fc.constantFrom('PUT', 'DELETE', 'GET', 'POST'),
        fc.constantFrom(
          ...[
            '/credentials/:x',
            '/credentials/:x/label',
            '/linked-accounts/:x',
            '/resources/:x',
            '/groups/:x',
          ],
          ...[
            '/resources/:x/permissions',
            '/resources/:x/permissions/requests',
            '/resources/:x/user',
          ],
          ...['/applications/:x/consent', '/applications/:x'],
        ),
        inPath,
        oddJson,
      )
      .map(([method, path, value, body]) => ({
        ...{ method, path: account + path.replace(':x', value), headers },
        ...(method === 'GET' ? {} : { body: JSON.stringify(body) ?? '' }),
      })),
  )
}

/** Whoever may register clients. */
export function registrationRequests(initialToken: string): fc.Arbitrary<Wild> {
  const metadata = {
    ...{ client_name: 'n', redirect_uris: [redirectUri], grant_types: ['authorization_code'] },
    ...{
      response_types: ['code'],
      scope: 'profile',
      jwks: { keys: [] },
      jwks_uri: 'http://a.example',
    },
    ...{
      token_endpoint_auth_method: 'client_secret_basic',
      contacts: ['a'],
      logo_uri: 'http://a.example/l',
    },
    ...{
      subject_type: 'public',
      default_max_age: 3,
      request_uris: [],
      tls_client_auth_subject_dn: 'CN=a',
    },
    ...{ id_token_signed_response_alg: 'RS256', post_logout_redirect_uris: [redirectUri] },
    ...{ software_statement: undefined, backchannel_logout_uri: 'http://a.example/b' },
  }
  const representation = {
    ...{
      clientId: 'c',
      id: 'c',
      name: 'n',
      secret: 's',
      redirectUris: [redirectUri],
      protocol: 'openid-connect',
    },
    ...{
      attributes: { a: 'b' },
      protocolMappers: [],
      defaultClientScopes: ['web-origins'],
      enabled: true,
    },
    ...{
      clientAuthenticatorType: 'client-secret',
      webOrigins: ['+'],
      notBefore: 0,
      publicClient: false,
    },
  }
  const headers = {
    authorization: `Bearer ${initialToken}`,
    'content-type': 'application/json',
  }
  const below = `/realms/${callersRealm}/clients-registrations`
  return fc.oneof(
    documentOf(metadata).map((body) => ({
      method: 'POST',
      path: `${below}/openid-connect`,
      headers,
      body,
    })),
    documentOf(representation).map((body) => ({
      method: 'POST',
      path: `${below}/default`,
      headers,
      body,
    })),
    fc
      .tuple(fc.constantFrom('GET', 'PUT', 'DELETE'), inPath, documentOf(metadata))
      .map(([method, id, body]) => ({
        ...{ method, path: `${below}/openid-connect/${id}`, headers },
        ...(method === 'PUT' ? { body } : {}),
      })),
  )
}

/** Resource servers at the protection API. */
export function protectionRequests(apiToken: string): fc.Arbitrary<Wild> {
  const resource = {
    ...{
      _id: 'x',
      name: 'r',
      type: 'urn:t',
      uri: '/a',
      uris: ['/a/*'],
      icon_uri: 'http://a.example/i',
    },
    ...{ owner: 'anna', ownerManagedAccess: true, scopes: ['read'], resource_scopes: ['read'] },
    ...{ attributes: { a: ['b'] }, displayName: 'd' },
  }
  const policy = {
    name: 'p',
    description: 'd',
    scopes: ['read'],
    roles: ['r'],
    groups: ['/g'],
    users: ['anna'],
    clients: ['app'],
    logic: 'POSITIVE',
    decisionStrategy: 'UNANIMOUS',
  }
  const ticket = {
    resource_id: 'x',
    resource_scopes: ['read'],
    claims: { a: ['b'] },
    resource: 'x',
    requester: 'anna',
    scopeName: 'read',
    granted: true,
  }
  const headers = { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' }
  const below = `/realms/${callersRealm}/authz/protection`
  const query = fc
    .tuple(
      fc.constantFrom(
        'name',
        'uri',
        'owner',
        'type',
        'scope',
        'deep',
        'first',
        'max',
        'matchingUri',
        'exactName',
        'resourceId',
        'requester',
        'granted',
        'returnNames',
      ),
      odd,
    )
    .map(([key, value]) => new URLSearchParams([[key, value]]).toString())
  return fc.oneof(
    documentOf(resource).map((body) => ({
      method: 'POST',
      path: `${below}/resource_set`,
      headers,
      body,
    })),
    documentOf(ticket).map((body) => ({
      method: 'POST',
      path: `${below}/permission`,
      headers,
      body: `[${body}]`,
    })),
    documentOf(ticket).map((body) => ({
      method: 'POST',
      path: `${below}/permission/ticket`,
      headers,
      body,
    })),
    documentOf(ticket).map((body) => ({
      method: 'PUT',
      path: `${below}/permission/ticket`,
      headers,
      body,
    })),
    fc.tuple(inPath, documentOf(policy)).map(([id, body]) => ({
      method: 'POST',
      path: `${below}/uma-policy/${id}`,
      headers,
      body,
    })),
    fc
      .tuple(
        fc.constantFrom('GET', 'PUT', 'DELETE'),
        fc.constantFrom('resource_set', 'uma-policy', 'permission/ticket'),
        inPath,
        documentOf(resource),
      )
      .map(([method, kind, id, body]) => ({
        ...{ method, path: `${below}/${kind}/${id}`, headers },
        ...(method === 'PUT' ? { body } : {}),
      })),
    fc
      .tuple(
        fc.constantFrom(
          'resource_set',
          'uma-policy',
          'permission/ticket',
          'permission/ticket/count',
        ),
        query,
      )
      .map(([kind, asked]) => ({
        method: 'GET',
        path: `${below}/${kind}?${asked}`.slice(0, 8_000),
        headers,
      })),
  )
}
