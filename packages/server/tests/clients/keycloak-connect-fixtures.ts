import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const fixtures = join(
  dirname(createRequire(import.meta.url).resolve('keycloak-connect/package.json')),
  'test/fixtures',
)

/** @param name a file among the fixtures of keycloak-connect's own tests; `{{name}}` in it stands for a value */
export function template(
  name: string,
  values: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const text = readFileSync(join(fixtures, name), 'utf8')
  return JSON.parse(
    text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? ''),
  ) as Record<string, unknown>
}
