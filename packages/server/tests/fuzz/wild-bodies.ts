import type { AdminRoute } from '@holdfast/server/protocols/admin/admin-routes'

/** JSON texts: some are none that `JSON.stringify` would write. */
export interface WildBody {
  readonly about: string
  readonly text: string
}

const long = 'x'.repeat(1_048_576)
const deep = (open: string, close: string, depth: number) =>
  open.repeat(depth) + close.repeat(depth)

/** Values that nobody has in mind when they write an endpoint, as JSON. */
const nastyValues: readonly string[] = [
  'null',
  'true',
  '"true"',
  '0',
  '-1',
  '1.5',
  '1e308',
  '1e999',
  '-2147483649',
  '9223372036854775808',
  '99999999999999999999999999',
  '""',
  '" "',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\r\\nX: y"',
  '"a/b?c#d%00%zz"',
  '"../../etc/passwd"',
  '"__proto__"',
  '"constructor"',
  '"javascript:alert(1)//"',
  '"\u202e\ufeff𝒳"',
  JSON.stringify('x'.repeat(300)),
  JSON.stringify('x'.repeat(70_000)),
  '[]',
  '[null]',
  '[[]]',
  '["\\u0000"]',
  '[{"a":["\\ud800"]}]',
  '{}',
  '{"a":null}',
  '{"a":"\\u0000"}',
  '{"a\\u0000":"b"}',
  '{"\\ud800":["\\ud800"]}',
  '{"a":["\\u0000"]}',
  '{"__proto__":{"a":1}}',
  '{"__proto__":"a","constructor":"b","toString":["c"]}',
  '{"a":{"b":{"c":[1,{"d":null}]}}}',
  deep('[', ']', 5_000),
  deep('{"a":', '}', 60).replace('}', 'null}'),
]

/** Whole bodies. */
const nastyBodies: readonly string[] = [
  ...nastyValues,
  JSON.stringify(long),
  `{"name":${JSON.stringify(long)}}`,
  '{',
  '{"a":1}x',
  '{"a":1,"a":2}',
  '\ufeff{}',
  '{"name":"\\ud800","id":"\\u0000"}',
]

/** What members are usually called, so that a body gets as far as the verb. */
const usual: Readonly<Record<string, string>> = {
  alias: '"wild"',
  authenticator: '"auth-cookie"',
  clientId: '"wild"',
  name: '"wild"',
  newName: '"wild"',
  protocol: '"openid-connect"',
  protocolMapper: '"oidc-hardcoded-claim-mapper"',
  provider: '"auth-cookie"',
  providerId: '"oidc"',
  providerType: '"org.keycloak.keys.KeyProvider"',
  type: '"password"',
  username: '"wild"',
  value: '"wild"',
}

type Body = NonNullable<AdminRoute<unknown>['body']>

/** @param present what a GET of the same path gives, so that a body gets as far as the verb */
export function wildBodiesOf(body: Body, present: unknown): WildBody[] {
  const whole = nastyBodies.map((text) => ({ about: 'body', text }))
  const members = membersOf(body.schema)
  const isList = members === undefined && membersOf(elementOf(body.schema)) !== undefined
  const names = Object.keys(members ?? membersOf(elementOf(body.schema)) ?? {})
  const known = present !== null && typeof present === 'object' && !Array.isArray(present)
  const base = new Map<string, string>(
    known
      ? Object.entries(present).map(([name, value]) => [name, JSON.stringify(value)])
      : names.flatMap((name) => (usual[name] === undefined ? [] : [[name, usual[name]] as const])),
  )
  const parts = names.flatMap((name) =>
    nastyValues.map((value) => {
      const text = object(new Map([...base, [name, value]]))
      return { about: name, text: isList ? `[${text}]` : text }
    }),
  )
  return [...whole, ...parts]
}

function object(members: ReadonlyMap<string, string>): string {
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`
}

function membersOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  return (schema as { shape?: Record<string, unknown> } | undefined)?.shape
}

function elementOf(schema: unknown): unknown {
  return (schema as { element?: unknown }).element
}
