import { once } from 'node:events'
import { request as send } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import type { Logger } from '../log/logger.ts'
import { ArrivingBodies } from './arriving-bodies.ts'
import { HttpError } from './http-error.ts'
import { createListener } from './listener.ts'

/** A body whose reader notes how it ended. */
function bodyIn(arriving: ArrivingBodies) {
  const stream = new PassThrough()
  const errors: unknown[] = []
  arriving.follow(stream)
  stream.on('error', (error) => errors.push(error))
  return { stream, errors }
}

describe('ArrivingBodies', () => {
  test('gives up the body that has sent most when all together hold too much', async () => {
    const arriving = new ArrivingBodies(100)
    const [small, large] = [bodyIn(arriving), bodyIn(arriving)]
    large.stream.write(Buffer.alloc(80))
    small.stream.write(Buffer.alloc(15))
    await expect.poll(() => arriving.bytes).toBe(95)
    expect(large.errors).toEqual([])
    small.stream.write(Buffer.alloc(10))
    await expect.poll(() => large.errors).toHaveLength(1)
    expect((large.errors[0] as HttpError).status).toBe(503)
    expect(small.errors).toEqual([])
    expect(arriving.bytes).toBe(25)
  })

  test('forgets bodies that are complete or were cut off', async () => {
    const arriving = new ArrivingBodies(100)
    const [complete, cut] = [bodyIn(arriving), bodyIn(arriving)]
    complete.stream.end(Buffer.alloc(40))
    cut.stream.write(Buffer.alloc(40))
    await expect.poll(() => arriving.bytes).toBe(40)
    cut.stream.destroy()
    await expect.poll(() => arriving.bytes).toBe(0)
  })
})

describe('over a network', () => {
  let app: FastifyInstance | undefined
  afterEach(async () => await app?.close())

  async function listening(arriving: ArrivingBodies): Promise<number> {
    const logger = { error: () => undefined, warn: () => undefined } as unknown as Logger
    app = createListener({ settings: { relativePath: '' }, logger, arriving })
    app.post('/read', async (request) => ({ length: (request.body as Buffer).length }))
    const onRequest = async () => {
      throw new HttpError(401, { error: 'HTTP 401 Unauthorized' })
    }
    app.post('/refused', { onRequest }, async () => ({}))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return (app.server.address() as AddressInfo).port
  }

  const head = (path: string, bytes: number) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x\r\nContent-Length: ${bytes}\r\n\r\n`

  test('the largest of several bodies is answered 503, the others arrive', async () => {
    const arriving = new ArrivingBodies(3_000_000)
    const port = await listening(arriving)
    const large = connect(port, '127.0.0.1')
    large.write(head('/read', 5_000_000))
    large.write(Buffer.alloc(2_500_000))
    await expect.poll(() => arriving.bytes).toBe(2_500_000)
    const answers = await Promise.all(
      [1, 2].map(
        () =>
          new Promise<number | undefined>((resolve) => {
            const options = { port, host: '127.0.0.1', path: '/read', method: 'POST' }
            const sent = send({ ...options, headers: { 'content-type': 'application/x' } })
            sent.on('response', (answer) => resolve(answer.resume().statusCode))
            sent.end(Buffer.alloc(1_000_000))
          }),
      ),
    )
    expect(answers).toEqual([200, 200])
    const [answer] = (await once(large, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 /)
    large.destroy()
    await expect.poll(() => arriving.bytes).toBe(0)
  })

  test('a request that is refused at its head is answered before its body, which is never held', async () => {
    const arriving = new ArrivingBodies()
    const port = await listening(arriving)
    const socket = connect(port, '127.0.0.1')
    socket.write(head('/refused', 9_000_000))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /)
    socket.write(Buffer.alloc(9_000_000))
    socket.write(`GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n`)
    const [second] = (await once(socket, 'data')) as [Buffer]
    expect(second.toString()).toMatch(/^HTTP\/1\.1 404 /)
    expect(arriving.bytes).toBe(0)
    socket.destroy()
  })

  test('who goes on sending what nobody wants is cut', async () => {
    const port = await listening(new ArrivingBodies())
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(head('/refused', 200_000_000))
    await once(socket, 'data')
    const closed = new Promise((resolve) => socket.on('close', resolve))
    const chunk = Buffer.alloc(1_000_000)
    const more = () => {
      if (!socket.destroyed) socket.write(chunk, () => setImmediate(more))
    }
    more()
    await closed
    expect(socket.bytesWritten).toBeLessThan(150_000_000)
  })
})
