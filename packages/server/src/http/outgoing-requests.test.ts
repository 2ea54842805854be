import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { OutgoingRequests } from './outgoing-requests.ts'

describe('documents that settings point to', () => {
  const servers: Server[] = []
  const requests = new OutgoingRequests({ trusted: {} })
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://localhost:${(server.address() as AddressInfo).port}/`
  }

  it('are read', async () => {
    const url = await serve((_request, response) => response.end('text'))
    expect(await requests.text(url)).toBe('text')
  })

  it('may be told something, which ends where it was sent', async () => {
    const seen: string[] = []
    const url = await serve(async (request, response) => {
      const parts: string[] = []
      for await (const part of request) parts.push(String(part))
      seen.push(`${request.method} ${request.headers['content-type']} ${parts.join('')}`)
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end('x'.repeat(1_000_000))
    })
    expect(await requests.post(url, new URLSearchParams({ logout_token: 'a b' }))).toBe(302)
    expect(seen).toEqual(['POST application/x-www-form-urlencoded logout_token=a+b'])
    const elsewhere = 'http://169.254.169.254/'
    await expect(requests.post(elsewhere, new URLSearchParams())).rejects.toThrow('is not asked')
  })

  it('are not looked for elsewhere', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    })
    await expect(requests.text(url)).rejects.toThrow('status 302')
  })

  it('are given up when they are too long', async () => {
    const url = await serve((_request, response) => {
      response.on('error', () => undefined)
      for (let count = 0; count < 40; count += 1) response.write('x'.repeat(10_000))
      response.end()
    })
    await expect(requests.text(url)).rejects.toThrow('longer than')
  })

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://2852039166/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fe80::1]/',
    'file:///etc/passwd',
    'ftp://example.org/',
    'https://user:pw@example.org/',
    'not a url',
    '',
  ])('are not asked for at %s', async (url) => {
    await expect(requests.text(url)).rejects.toThrow()
  })
})
