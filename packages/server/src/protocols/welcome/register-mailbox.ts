import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HttpError } from '../../http/http-error.ts'
import type { ServerUrls } from '../../http/server-urls.ts'
import type { DevelopmentMailbox } from '../../mail/development-mailbox.ts'
import type { PageContext } from '../../pages/page-context.ts'
import type { Pages } from '../../pages/pages.ts'
import { renderMailbox, renderMailboxMail } from '../../pages/welcome/render-mailbox.ts'
import { isLocalVisitor } from './local-visitor.ts'

/** Where `start-dev` shows the mails of realms that have no mail server. */
export const mailboxPath = '/mailbox'

export interface MailboxDeps {
  readonly pages: Pages
  readonly urls: ServerUrls
  readonly mailbox: DevelopmentMailbox
}

/** `GET /mailbox` and `GET /mailbox/{id}`: for browsers on this machine only, since links in mails open accounts. */
export function registerMailbox(app: FastifyInstance, deps: MailboxDeps): void {
  const { mailbox } = deps
  app.get(mailboxPath, async (request, reply) => {
    const { context, path } = localPage(deps, request)
    return sent(reply, renderMailbox(context, path, mailbox.mails))
  })
  app.get(`${mailboxPath}/:id`, async (request, reply) => {
    const { context, path } = localPage(deps, request)
    const { id } = request.params as { id: string }
    const mail = mailbox.mails.find((one) => String(one.id) === id)
    if (mail === undefined) throw new HttpError(404, { error: 'HTTP 404 Not Found' })
    return sent(reply, renderMailboxMail(context, path, mail))
  })
}

/** @throws HttpError 404 for everybody who is elsewhere */
function localPage(
  { pages, urls }: MailboxDeps,
  request: FastifyRequest,
): { context: PageContext; path: string } {
  if (!isLocalVisitor(request)) throw new HttpError(404, { error: 'HTTP 404 Not Found' })
  const serverUrl = urls.frontend(request)
  const context = pages.context({ realm: null, serverUrl })
  return { context, path: `${new URL(serverUrl).pathname.replace(/\/+$/, '')}${mailboxPath}` }
}

function sent(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-frame-options', 'DENY')
    .type('text/html;charset=utf-8')
    .send(page)
}
