import { hostname } from 'node:os'
import { diagnosticContext, type LineFormat, type RequestContext } from './line-format.ts'
import { type LogRecord, levelName } from './log-record.ts'
import type { LogSettings } from './log-settings.ts'
import { portableStack } from './portable-stack.ts'

const threadName = 'main'
const ecsVersion = '1.12.2'

type JsonSettings = Pick<LogSettings, 'serviceName' | 'serviceEnvironment' | 'contextKeys'>

/** One JSON object a line, with the keys of Keycloak's `json` output; `mdc` names the request that a line belongs to. */
export function jsonFormat(settings: JsonSettings, request: RequestContext): LineFormat {
  let sequence = 0
  const host = hostname()
  return (category, record) => {
    sequence += 1
    const line = {
      timestamp: new Date(record.time).toISOString(),
      sequence,
      loggerClassName: 'pino',
      loggerName: category,
      level: levelName(record.level),
      message: record.msg ?? '',
      threadName,
      threadId: 1,
      mdc: diagnosticContext(record, request, settings.contextKeys),
      ndc: '',
      hostName: host,
      processName: process.title,
      processId: process.pid,
      ...exceptionOf(record),
      'service.name': settings.serviceName,
      ...environmentOf(settings),
    }
    return `${JSON.stringify(line)}\n`
  }
}

/** The same in the names of the Elastic Common Schema. */
export function ecsFormat(
  settings: JsonSettings,
  request: RequestContext,
  serviceVersion: string,
): LineFormat {
  let sequence = 0
  const host = hostname()
  return (category, record) => {
    sequence += 1
    const line = {
      '@timestamp': new Date(record.time).toISOString(),
      'event.sequence': sequence,
      'log.logger': category,
      'log.level': levelName(record.level),
      message: record.msg ?? '',
      'process.thread.name': threadName,
      'process.thread.id': 1,
      mdc: diagnosticContext(record, request, settings.contextKeys),
      ndc: '',
      'host.hostname': host,
      'process.name': process.title,
      'process.pid': process.pid,
      ...ecsErrorOf(record),
      'service.name': settings.serviceName,
      'ecs.version': ecsVersion,
      'data_stream.type': 'logs',
      'service.version': serviceVersion,
      ...environmentOf(settings),
    }
    return `${JSON.stringify(line)}\n`
  }
}

function environmentOf({ serviceEnvironment }: JsonSettings) {
  return serviceEnvironment === undefined ? {} : { 'service.environment': serviceEnvironment }
}

function exceptionOf({ err }: LogRecord) {
  if (err === undefined) return {}
  const stackTrace = err.stack === undefined ? undefined : portableStack(err.stack)
  return { exception: { refId: 1, exceptionType: err.type, message: err.message, stackTrace } }
}

function ecsErrorOf({ err }: LogRecord) {
  if (err === undefined) return {}
  return {
    'error.type': err.type,
    'error.message': err.message,
    'error.stack_trace': err.stack === undefined ? undefined : portableStack(err.stack),
  }
}
