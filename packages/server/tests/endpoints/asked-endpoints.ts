import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { cases } from '../permissions/cases.ts'

/** A request that a test sends. `*` stands for a part that differs, in front also for several. */
interface Asked {
  readonly method: string
  readonly parts: readonly string[]
  /** Below the folder of the tests. */
  readonly test: string
}

interface Recorded {
  readonly request: { readonly method?: string; readonly path: string }
}

const methods = ['DELETE', 'GET', 'POST', 'PUT'] as const
/** Lines around a path in which its method is looked for. */
const linesAround = 10
const underRealm = ['admin', 'realms', '*']

/** @param tests the folder `packages/server/tests`. @returns every request that a test sends or replays */
export function askedEndpoints(tests: string): Asked[] {
  return [
    ...ofMatrix(),
    ...ofRecordings(tests),
    ...ofScenarios(tests),
    ...testFiles(tests).flatMap((file) => inFile(tests, file)),
  ]
}

/** @returns the tests that ask an endpoint, sorted. @param path as the router has it, `/admin/realms/:realm/…` */
export function testsOf(asked: readonly Asked[], method: string, path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '')
  const found = asked.filter((one) => one.method === method && matches(parts, one.parts))
  return [...new Set(found.map(({ test }) => test))].sort()
}

function matches(route: readonly string[], asked: readonly string[]): boolean {
  const open = asked[0] === '*'
  const [from, wanted] = open ? [route.slice(-(asked.length - 1)), asked.slice(1)] : [route, asked]
  if (from.length !== wanted.length || (open && wanted.length === 0)) return false
  const known = from.every((part, at) => {
    const other = wanted[at]
    if (part.startsWith(':') || part === '*') return true
    return other === part
  })
  return known && from.some((part, at) => !part.startsWith(':') && part === wanted[at])
}

function ofMatrix(): Asked[] {
  return cases.map(({ method, path }) => ({
    method,
    parts: [...underRealm, ...partsOf(path.replace(/\{\w+\}/g, '*'))],
    test: 'permissions/matrix.test.ts',
  }))
}

function ofRecordings(tests: string): Asked[] {
  const folder = join(tests, 'fixtures/admin')
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown
  const asked = ({ request }: Recorded, test: string): Asked => ({
    method: request.method ?? 'GET',
    parts: partsOf(request.path.replace(/^https?:\/\/[^/]+/, '')),
    test,
  })
  const endpoints = readdirSync(join(folder, 'endpoints'))
  const writes = readdirSync(join(folder, 'writes'))
  return [
    ...endpoints.map((name) =>
      asked(read(`endpoints/${name}`) as Recorded, 'admin/endpoints-replay.test.ts'),
    ),
    ...writes.flatMap((name) =>
      (read(`writes/${name}`) as Recorded[]).map((one) =>
        asked(one, 'admin/writes-replay.test.ts'),
      ),
    ),
  ]
}

/** Steps of the scenarios that recorded-scenarios.test.ts replays. */
function ofScenarios(tests: string): Asked[] {
  const folder = join(tests, 'comparison/scenarios')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files
    .filter((name) => name.endsWith('.json') && !name.endsWith('.recorded.json'))
    .flatMap((name) => {
      const { steps } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        steps: Partial<Recorded>[]
      }
      return steps.flatMap(({ request }) =>
        request
          ? [
              {
                method: request.method ?? 'GET',
                parts: partsOf(request.path.replace(/\{\w+\}/g, '*')),
                test: 'comparison/recorded-scenarios.test.ts',
              },
            ]
          : [],
      )
    })
}

/** Paths that a test spells, whole or behind what a name in it stands for. */
function inFile(tests: string, file: string): Asked[] {
  const lines = expanded(readFileSync(file, 'utf8')).split('\n')
  const test = relative(tests, file)
  return lines.flatMap((line, at) => {
    const around = lines.slice(Math.max(0, at - linesAround), at + linesAround + 1).join('\n')
    const named = methods.filter((method) => new RegExp(`\\b${method}\\b`, 'i').test(around))
    return pathsIn(line).flatMap((parts) =>
      ['GET', ...named].map((method) => ({ method, parts, test })),
    )
  })
}

/** Names of paths inside of paths give way to what they stand for: the last that was said before. */
function expanded(text: string): string {
  const known = new Map<string, string>()
  const lines = text.split('\n').map((line) => {
    const full = line.replace(/\$\{(\w+)\}/g, (all, name: string) => known.get(name) ?? all)
    const named = /\bconst (\w+) = (['"`])([^'"`\s]*\/[^'"`\s]*)\2/.exec(full)
    if (named) known.set(named[1] ?? '', named[3] ?? '')
    return full
  })
  return lines.join('\n')
}

function pathsIn(line: string): string[][] {
  const texts = [
    ...line.matchAll(/(['"`])((?:\$\{[^}]*\}|[^'"`\s])*\/(?:\$\{[^}]*\}|[^'"`\s])*)\1/g),
  ]
  return texts.map(([, , text = '']) => {
    const parts = partsOf(text.replace(/\$\{[^}]*\}/g, '*'))
    return text.startsWith('/admin') ? parts : ['*', ...parts.slice(parts[0] === '*' ? 1 : 0)]
  })
}

function partsOf(path: string): string[] {
  const [bare = ''] = path.split('?', 1)
  return bare.split('/').filter((part) => part !== '')
}

function testFiles(folder: string): string[] {
  return readdirSync(resolve(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
}
