import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ecsFormat, jsonFormat } from './json-format.ts'
import type { LineFormat } from './line-format.ts'
import type { LogLevel, LogSettings } from './log-settings.ts'
import { Loggers, type LogHandler } from './loggers.ts'
import { defaultPattern, patternFormat } from './pattern-format.ts'
import { RequestScope } from './request-scope.ts'

const settings: LogSettings = {
  root: 'info',
  categories: new Map<string, LogLevel>([
    ['org.keycloak', 'warn'],
    ['org.keycloak.events', 'debug'],
  ]),
  contextKeys: undefined,
  serviceName: 'keycloak',
  serviceEnvironment: undefined,
}
const nobody = { requestId: undefined, context: new Map() }

/** A handler that keeps its lines. */
function keeping(lines: string[], format: LineFormat, level: LogLevel = 'all'): LogHandler {
  return { level, write: (category, record) => void lines.push(format(category, record)) }
}

function plain(pattern = defaultPattern): LineFormat {
  return patternFormat({ pattern, request: nobody, contextKeys: undefined })
}

function linesOf(use: (loggers: Loggers) => void, format: LineFormat = plain()): string[] {
  const lines: string[] = []
  use(new Loggers(settings, [keeping(lines, format)]))
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
  const [line] = linesOf((loggers) => loggers.of('x').info('hello'), jsonFormat(settings, nobody))
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
  const loggers = new Loggers(settings, [keeping(lines, jsonFormat(settings, requests))], requests)
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

test('a JSON line of the Elastic Common Schema has the keys that Keycloak writes', () => {
  const format = ecsFormat({ ...settings, serviceEnvironment: 'dev' }, nobody, '1.0')
  const [line] = linesOf((loggers) => loggers.of('x').info('hello'), format)
  const keys = [
    ...['@timestamp', 'event.sequence', 'log.logger', 'log.level', 'message'],
    ...['process.thread.name', 'process.thread.id', 'mdc', 'ndc', 'host.hostname', 'process.name'],
    ...['process.pid', 'service.name', 'ecs.version', 'data_stream.type', 'service.version'],
    'service.environment',
  ]
  expect(Object.keys(JSON.parse(line ?? '{}'))).toEqual(keys)
})

test('each handler takes the lines of its own level', () => {
  const all: string[] = []
  const errors: string[] = []
  const loggers = new Loggers(settings, [
    keeping(all, plain('%m%n')),
    keeping(errors, plain('%m%n'), 'error'),
  ])
  loggers.of('io').info('one')
  loggers.of('io').error('two')
  expect([all, errors]).toEqual([['one\n', 'two\n'], ['two\n']])
})

test('a pattern may cut, align and reorder what a line says', () => {
  const format = plain('%.3p|%-6p|%6p|%c{2}|%m %%%n')
  const [line] = linesOf((loggers) => loggers.of('org.example.deep.Thing').warn('hello'), format)
  expect(line).toBe('WAR|WARN  |  WARN|deep.Thing|hello %\n')
})

test('a line says of its request what was asked for', () => {
  const lines: string[] = []
  const requests = new RequestScope()
  const contextKeys = new Set(['realmName', 'clientId'])
  const format = patternFormat({ pattern: '%X %m%n', request: requests, contextKeys })
  const loggers = new Loggers(settings, [keeping(lines, format)], requests)
  const context = { realmName: 'acme', ipAddress: '192.0.2.1' }
  requests.run('one', () => loggers.of('x').info({ mdc: { clientId: 'web' } }, 'hello'), context)
  loggers.of('x').info('bye')
  expect(lines).toEqual(['{kc.realmName=acme, kc.clientId=web, requestId=one} hello\n', '{} bye\n'])
})
