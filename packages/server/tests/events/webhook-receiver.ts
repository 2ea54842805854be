import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message as it arrived. */
export interface Received {
  readonly id: string
  readonly body: { readonly type: string; readonly data: Record<string, unknown> }
  readonly signed: boolean
}

export const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** The other side of webhooks: keeps what arrives, checks signatures, and answers as it is told. */
export class WebhookReceiver implements AsyncDisposable {
  readonly received: Received[] = []
  /** Of the next answers. */
  status = 204
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(): Promise<WebhookReceiver> {
    const server = createServer()
    const receiver = new WebhookReceiver(server)
    server.on('request', async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const text = Buffer.concat(parts).toString()
      const header = (name: string) => String(request.headers[`webhook-${name}`])
      receiver.received.push({
        id: header('id'),
        body: JSON.parse(text),
        signed: isSigned(header('id'), header('timestamp'), text, header('signature')),
      })
      response.writeHead(receiver.status).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  /** Types of what arrived, as webhooks name them. */
  get types(): string[] {
    return this.received.map(({ body }) => body.type)
  }

  of(type: string): Received[] {
    return this.received.filter(({ body }) => body.type === type)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Standard Webhooks, as a receiver checks it. */
function isSigned(id: string, timestamp: string, text: string, signatures: string): boolean {
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > 300) return false
  const key = Buffer.from(webhookSecret.slice('whsec_'.length), 'base64')
  const own = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest('base64')
  return signatures.split(' ').includes(`v1,${own}`)
}
