import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { OutgoingRequests } from './outgoing-requests.ts'

describe('documents that settings point to', () => {
  const servers: Server[] = []
  const requests = new OutgoingRequests({ trusted: {}, privateAddresses: 'all', proxies: [] })
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

  describe('in private networks', () => {
    const none = { trusted: {}, privateAddresses: [], proxies: [] }

    it.each([
      'http://127.0.0.1/',
      'http://localhost/',
      'http://0/',
      'http://10.1.2.3/',
      'http://172.31.0.1/',
      'http://192.168.1.1/',
      'http://100.64.0.1/',
      'http://[::1]/',
      'http://[::]/',
      'http://[fd12::1]/',
      'http://[::ffff:10.0.0.1]/',
      'http://[64:ff9b::a00:1]/',
      'http://0x7f.1/',
    ])('are not asked for at %s', async (url) => {
      await expect(new OutgoingRequests(none).text(url)).rejects.toThrow('private address')
    })

    it('are read where the operator names the network', async () => {
      const url = await serve((_request, response) => response.end('text'))
      const named = new OutgoingRequests({ ...none, privateAddresses: ['127.0.0.0/8', '::1'] })
      expect(await named.text(url)).toBe('text')
      await expect(named.text('http://10.1.2.3/')).rejects.toThrow('private address')
    })
  })

  describe('behind a proxy', () => {
    const seen: string[] = []
    afterEach(() => seen.splice(0))

    async function proxied(hosts: RegExp): Promise<OutgoingRequests> {
      const proxy = new URL(
        await serve((request, response) => {
          seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`)
          response.end('by the proxy')
        }),
      )
      servers.at(-1)?.on('connect', (request, socket) => {
        seen.push(`CONNECT ${request.url}`)
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      })
      proxy.username = 'me'
      proxy.password = 'pw'
      const proxies = [
        { hosts: /^direct\.test$/, proxy: null },
        { hosts, proxy },
      ]
      return new OutgoingRequests({ trusted: {}, privateAddresses: [], proxies })
    }

    it('are asked for by their whole address', async () => {
      const requests = await proxied(/\.test$/)
      expect(await requests.text('http://keys.test/jwks?a=b')).toBe('by the proxy')
      expect(seen).toEqual(['GET http://keys.test/jwks?a=b Basic bWU6cHc='])
      await expect(requests.text('http://direct.test/')).rejects.toThrow()
      expect(seen).toHaveLength(1)
    })

    it('are asked for in a tunnel, where it lets them', async () => {
      const requests = await proxied(/\.test$/)
      await expect(requests.text('https://keys.test/jwks')).rejects.toThrow('status 407')
      expect(seen).toEqual(['CONNECT keys.test:443'])
    })

    it('are not asked for at private addresses either', async () => {
      const requests = await proxied(/^/)
      await expect(requests.text('http://10.1.2.3/')).rejects.toThrow('private address')
      expect(seen).toEqual([])
    })
  })
})
