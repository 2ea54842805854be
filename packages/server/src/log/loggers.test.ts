import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonFormat } from './line-format.ts'
import type { LogLevel, LogSettings } from './log-settings.ts'
import { Loggers } from './loggers.ts'
import { RequestScope } from './request-scope.ts'

const settings: LogSettings = {
  root: 'info',
  categories: new Map<string, LogLevel>([
    ['org.keycloak', 'warn'],
    ['org.keycloak.events', 'debug'],
  ]),
  console: true,
  consoleLevel: 'all',
  json: false,
  serviceName: 'keycloak',
  serviceEnvironment: undefined,
}

function linesOf(use: (loggers: Loggers) => void, json = false): string[] {
  const lines: string[] = []
  const sink = { write: (line: string) => void lines.push(line) }
  const requests = new RequestScope()
  const format = jsonFormat(settings, requests)
  use(json ? new Loggers(settings, sink, format, requests) : new Loggers(settings, sink))
  return lines
}

test('lines have the form of Keycloak, and one entry stays one line', () => {
  const [line] = linesOf((loggers) => loggers.of('org.infinispan').warn('first\nforged entry'))
  expect(line).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARN {2}\[org\.infinispan\] \(main\) first\\nforged entry\n$/,
  )
})

test('a category has the level of its nearest parent', () => {
  const lines = linesOf((loggers) => {
    loggers.of('org.keycloak.services').info('no')
    loggers.of('org.keycloak.events').debug('yes')
    loggers.of('io.other').info('yes')
    loggers.of('io.other').debug('no')
  })
  expect(lines.map((line) => line.trim().split(') ')[1])).toEqual(['yes', 'yes'])
})

test('a JSON line has the keys that Keycloak writes', () => {
  const file = join(import.meta.dirname, '../../tests/fixtures/operations/log-samples.json')
  const recorded: { json: Record<string, unknown>[] } = JSON.parse(readFileSync(file, 'utf8'))
  const [line] = linesOf((loggers) => loggers.of('x').info('hello'), true)
  expect(Object.keys(JSON.parse(line ?? '{}'))).toEqual(Object.keys(recorded.json[0] ?? {}))
})

test('a JSON line names the request that it belongs to, however deep in it', async () => {
  const work: Promise<void>[] = []
  const serve = async (loggers: Loggers, word: string) => {
    await Promise.resolve()
    loggers.of('x').info(word)
  }
  const lines: string[] = []
  const requests = new RequestScope()
  const sink = { write: (line: string) => void lines.push(line) }
  const loggers = new Loggers(settings, sink, jsonFormat(settings, requests), requests)
  requests.run('one', () => void work.push(serve(loggers, 'a')))
  requests.run('two', () => void work.push(serve(loggers, 'b')))
  await Promise.all(work)
  loggers.of('x').info('c')
  const told = lines.map((line) => JSON.parse(line)).map(({ message, mdc }) => [message, mdc])
  expect(told).toEqual([
    ['a', { requestId: 'one' }],
    ['b', { requestId: 'two' }],
    ['c', {}],
  ])
})
