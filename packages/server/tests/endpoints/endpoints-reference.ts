import { askedEndpoints, testsOf } from './asked-endpoints.ts'

/** An endpoint as the OpenAPI document describes it. */
interface Operation {
  readonly 'x-roles'?: readonly string[]
  readonly 'x-admin-event'?: { readonly operation: string; readonly resource?: string }
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** More roles than this are every administrator's. */
const rolesMax = 6

/** @returns every endpoint with the tests that ask it */
export function endpointsWithTests({ paths }: OpenApi, tests: string) {
  const asked = askedEndpoints(tests)
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
      tests: testsOf(asked, method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1')),
    })),
  )
}

/** @returns docs/reference/admin-endpoints.md */
export function endpointsReference(api: OpenApi, tests: string): string {
  const rows = endpointsWithTests(api, tests)
    .sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1))
    .map(({ method, path, operation, tests: asking }) => {
      const roles = operation['x-roles'] ?? []
      const shown = roles.length > rolesMax ? 'any administration role' : roles.join(', ')
      const names = asking.map((name) => name.replace('.test.ts', '')).join(', ')
      return `| ${method} | \`${path.replace('/admin/realms/{realm}', '…')}\` | ${shown} | ${names} |`
    })
  return [
    '# Endpoints of Admin REST',
    '',
    'Written by `npm run docs`; do not edit. A server describes them at `GET /admin/openapi`. `…` stands for',
    '`/admin/realms/{realm}`; one of the roles is needed, and what is changed may ask for more. Tests stand in',
    '`packages/server/tests/`.',
    '',
    '| method | path | roles | tests |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
