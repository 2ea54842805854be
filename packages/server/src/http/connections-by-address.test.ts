import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { ConnectionsByAddress } from './connections-by-address.ts'

const opened: (Socket | ReturnType<typeof createServer>)[] = []
afterEach(() => {
  for (const one of opened.splice(0)) {
    if ('destroy' in one) one.destroy()
    else one.close()
  }
})

async function serve(
  proxy: ConstructorParameters<typeof ConnectionsByAddress>[0]['settings']['proxy'],
) {
  const told: string[] = []
  const bound = new ConnectionsByAddress({
    settings: { connectionsPerAddressMax: 3, proxy },
    onTooMany: (network) => told.push(network),
  })
  const server = createServer((_request, response) => response.end('served'))
  bound.follow(server)
  opened.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const open = async () => {
    const socket = connect(port, '127.0.0.1')
    opened.push(socket)
    socket.on('error', () => undefined)
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const answer = await Promise.race([once(socket, 'data'), once(socket, 'close')])
    return { socket, served: String(answer[0]).includes('served') }
  }
  return { open, told }
}

it('a client holds no more connections than it may, and may open others when some end', async () => {
  const { open, told } = await serve({ headers: undefined, trustedAddresses: undefined })
  const held = [await open(), await open(), await open()]
  expect(held.map(({ served }) => served)).toEqual([true, true, true])
  expect((await open()).served).toBe(false)
  expect((await open()).served).toBe(false)
  expect(told).toEqual(['127.0.0.1'])
  held[0]?.socket.destroy()
  await expect.poll(async () => (await open()).served).toBe(true)
  expect((await open()).served).toBe(false)
})

it.each([
  ['is believed', ['127.0.0.0/8'], true],
  ['is another', ['10.0.0.1'], false],
])('a proxy that %s holds those of everybody: %s', async (_, trustedAddresses, served) => {
  const { open } = await serve({ headers: 'xforwarded', trustedAddresses })
  for (let count = 0; count < 3; count += 1) await open()
  expect((await open()).served).toBe(served)
})
