import fc from 'fast-check'
import { formBody } from '../harness/http-exchange.ts'
import { adminPaths, knownValues, oidcEndpoints, parameterNames, realmPaths } from './vocabulary.ts'

/** A request that nobody in their right mind sends. */
export interface WildRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
  /** Bytes after which the connection is cut; null sends everything. */
  readonly cutAfter: number | null
}

/** Longest body that is thrown at the server: beyond what any endpoint accepts. */
const bodyBytesMax = 3_000_000

const realms = fc.constantFrom(
  'acme',
  'demo',
  'master',
  'nope',
  '',
  '%00',
  '..',
  'a/b',
  'acme%2f',
  'é',
  '*',
)

const path = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(realms, fc.constantFrom(...oidcEndpoints))
      .map(([realm, end]) => `/realms/${realm}/protocol/openid-connect/${end}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(realms, fc.constantFrom('', ...realmPaths))
      .map(([realm, end]) => `/realms/${realm}${end}`),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(realms, fc.constantFrom('', ...adminPaths))
      .map(([realm, end]) => `/admin/realms/${realm}${end}`),
  },
  { weight: 1, arbitrary: fc.webPath().map((text) => `/${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/',
      '/admin',
      '/admin/realms',
      '/admin/serverinfo',
      '/resources/x',
      '/realms',
      '/js/keycloak.js',
      '//',
      '/%',
      '/%ff',
      '/.',
      '/a'.repeat(4000),
    ),
  },
)

const value = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...knownValues) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '\u0000',
      '\u0000x',
      '%',
      '%zz',
      '\ud800',
      "' OR 1=1 --",
      '${jndi:ldap://x}',
      '<script>',
      '../../etc/passwd',
      '\r\nX: y',
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40_000 }).map((length) => 'x'.repeat(length)) },
)

const parameters = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...parameterNames) },
        { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
      ),
      value,
    ),
    { maxLength: 10 },
  )
  .map((pairs) => formBody(pairs.map(([name, text]) => [name, wellFormed(text)])).body)

/** Query strings and bodies that are no proper UTF-8 or no proper form. */
const brokenText = fc.oneof(
  fc.constantFrom(
    '%',
    '%f',
    '%ff=%fe',
    'client_id=%00',
    '=',
    '&&&',
    'a=b=c',
    'client_id=app&client_id=app',
    '%c3%28=1',
    'x=%ed%a0%80',
  ),
  fc.uint8Array({ maxLength: 200 }).map((bytes) =>
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/[^\x21-\x7e]/g, '%'),
  ),
)

const mediaType = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/x-www-form-urlencoded') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded; charset=utf-16',
      'application/octet-stream',
      'nonsense',
      '',
    ),
  },
)

const body = fc.oneof(
  { weight: 6, arbitrary: parameters.map((text) => Buffer.from(text)) },
  {
    weight: 2,
    arbitrary: fc
      .oneof(
        fc.json(),
        fc.constantFrom(
          '{',
          '[[[[',
          '{"realm":',
          '{"a":1e999}',
          '"\\ud800"',
          '{"__proto__":{"x":1}}',
        ),
      )
      .map((text) => Buffer.from(text)),
  },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: brokenText.map((text) => Buffer.from(text)) },
)

const oversized = fc
  .integer({ min: 60_000, max: bodyBytesMax })
  .map((length) => Buffer.alloc(length, 'a=b&'))

const headers = fc.dictionary(
  fc.constantFrom(
    'authorization',
    'cookie',
    'origin',
    'accept',
    'accept-language',
    'x-forwarded-for',
    'x-forwarded-host',
    'forwarded',
    'dpop',
    'range',
    'content-encoding',
    'expect',
    'if-none-match',
  ),
  fc.oneof(
    fc.constantFrom(
      'Bearer',
      'Bearer x',
      'Bearer a.b.c',
      'Basic',
      'Basic !!!',
      'Basic YXBwOnNlY3JldC1vZi1hcHA=',
      'Basic OjpA',
      'AUTH_SESSION_ID=x',
      'AUTH_SESSION_ID=; KEYCLOAK_IDENTITY=a.b.c',
      'KEYCLOAK_IDENTITY=eyJhbGciOiJub25lIn0.e30.',
      'KC_RESTART=x; KC_RESTART=y',
      'null',
      'http://127.0.0.1:3000',
      'application/jwt',
      '*/*',
      'de-DE,de;q=0.9,*;q=0',
      'gzip',
    ),
    fc
      .string({ unit: 'grapheme-ascii', maxLength: 40 })
      .map((text) => text.replace(/[^\x20-\x7e]/g, '').trim()),
  ),
  { maxKeys: 3 },
)

/** Requests at all endpoints; one in a hundred has a body beyond every limit, one in twenty is cut. */
export const wildRequest: fc.Arbitrary<WildRequest> = fc
  .record({
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('GET', 'POST') },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'PUT',
          'DELETE',
          'PATCH',
          'HEAD',
          'OPTIONS',
          'TRACE',
          'PROPFIND',
        ),
      },
    ),
    path,
    query: fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      { weight: 5, arbitrary: parameters },
      { weight: 1, arbitrary: brokenText },
    ),
    mediaType,
    body: fc.oneof({ weight: 99, arbitrary: body }, { weight: 1, arbitrary: oversized }),
    headers,
    cutAfter: fc.oneof(
      { weight: 19, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 400 }) },
    ),
  })
  .map(({ query, mediaType: type, ...wild }) => {
    const hasBody = wild.method !== 'GET' && wild.method !== 'HEAD' && wild.method !== 'TRACE'
    return {
      method: wild.method,
      path: (query === '' ? wild.path : `${wild.path}?${query}`).replace(/[^\x21-\x7e]/g, (text) =>
        encodeURIComponent(wellFormed(text)),
      ),
      headers: { ...wild.headers, ...(hasBody && type !== '' ? { 'content-type': type } : {}) },
      body: hasBody ? wild.body : null,
      cutAfter: wild.cutAfter,
    }
  })

/** The text with lone surrogates replaced, which no encoder accepts. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
