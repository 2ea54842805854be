import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerPreflight } from '../../http/preflight.ts'
import { type AccountCall, type AccountRole, accountCall } from './account-call.ts'
import type { AccountDeps } from './account-deps.ts'

export interface AccountRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/realms/{realm}/account`; empty for the profile itself. */
  readonly path: string
  /** Any of these roles of the client `account` lets the caller in. */
  readonly anyOf: readonly AccountRole[]
  /** @returns what is sent as JSON; undefined = 204 */
  handle(call: AccountCall): Promise<unknown>
}

/** Sends the account console's page. */
export type SendConsole = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

const jsonType = 'application/json;charset=UTF-8'
const prefixes = ['/realms/:realm/account', '/realms/:realm/account/v1']

const bodyBytesMax = 256 * 1024

/**
 * Registers an endpoint of the account API; a browser that wants a page gets the console from the same address. Who asks and
 * whether they may is found out before a body is read.
 */
export function accountRoute(
  app: FastifyInstance,
  deps: AccountDeps,
  sendConsole: SendConsole,
  route: AccountRoute,
): void {
  const calls = new WeakMap<FastifyRequest, AccountCall>()
  for (const prefix of prefixes) {
    app.route({
      method: route.method,
      url: prefix + route.path,
      bodyLimit: bodyBytesMax,
      onRequest: async (request, reply) => {
        if (route.method === 'GET' && !wantsJson(request)) return
        calls.set(request, await accountCall(deps, request, reply, route.anyOf))
      },
      handler: async (request, reply) => {
        const call = calls.get(request)
        if (call === undefined) return await sendConsole(request, reply)
        const result = await route.handle(call)
        if (reply.sent) return reply
        reply.header('cache-control', 'no-cache')
        if (result === undefined) return reply.code(204).send()
        return reply.type(jsonType).send(JSON.stringify(result))
      },
    })
  }
}

/** The console itself asks with a content type and no `Accept`; a browser's address line with `text/html`. */
export function wantsJson({ headers }: FastifyRequest): boolean {
  const isJson = (text: string | undefined) => text?.includes('application/json') === true
  return isJson(headers['content-type']) || isJson(headers.accept)
}

/** Answers what browsers ask before a page of another origin sends a request here (Fetch, CORS preflight). */
export function registerAccountPreflight(app: FastifyInstance): void {
  for (const path of ['/realms/:realm/account', '/realms/:realm/account/*']) {
    app.options(path, async (request, reply) => answerPreflight(request, reply))
  }
}
