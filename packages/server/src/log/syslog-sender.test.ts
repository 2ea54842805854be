import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { syslogMessage } from './syslog-message.ts'
import { SyslogSender } from './syslog-sender.ts'

const source = { host: 'node-1', processId: 42 }
const line = {
  category: 'org.keycloak.events',
  level: 40,
  time: Date.UTC(2026, 10, 5),
  text: 'hi\n',
}
const rest: Disposable[] = []
afterEach(() => {
  for (const one of rest.splice(0)) one[Symbol.dispose]()
})

/** A server that keeps what it hears. */
async function listening(port = 0): Promise<{ server: Server; port: number; heard: () => string }> {
  let text = ''
  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    socket.on('error', () => undefined)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  rest.push({ [Symbol.dispose]: () => void server.close() })
  return { server, port: (server.address() as AddressInfo).port, heard: () => text }
}

function sender(port: number, more: object = {}): SyslogSender {
  const settings = { host: '127.0.0.1', port, protocol: 'tcp', countingFraming: true } as const
  const made = new SyslogSender({
    settings: { ...settings, queueLength: undefined, ...more },
    onLost: (count) => void lost.push(count),
  })
  rest.push(made)
  return made
}
const lost: number[] = []

test('messages have the form of RFC 5424, or of RFC 3164', () => {
  const message = (type: 'rfc5424' | 'rfc3164', bytesMax = 2048) =>
    syslogMessage({ type, appName: 'keycloak', bytesMax }, source, line).toString()
  expect(message('rfc5424')).toBe(
    '<12>1 2026-11-05T00:00:00.000+00:00 node-1 keycloak 42 org.keycloak.events - \uFEFFhi\n',
  )
  expect(message('rfc3164')).toMatch(/^<12>Nov {2}\d \d\d:\d\d:\d\d node-1 keycloak\[42\]: hi\n$/)
  expect(message('rfc5424', 20)).toHaveLength(20)
})

test('messages over TCP are preceded by their length, or end with a line feed', async () => {
  const { port, heard } = await listening()
  sender(port).send(Buffer.from('a message\n'))
  sender(port, { countingFraming: false }).send(Buffer.from('another'))
  await expect.poll(() => heard()).toContain('10 a message\n')
  await expect.poll(() => heard()).toContain('another\n')
})

test('messages wait for a server that is away, the oldest are dropped and counted', async () => {
  const place = await listening()
  place.server.close()
  const away = sender(place.port, { queueLength: 2 })
  for (const word of ['one', 'two', 'three']) away.send(Buffer.from(word))
  await new Promise((resume) => setTimeout(resume, 50))
  const back = await listening(place.port)
  await expect.poll(() => back.heard(), { timeout: 5_000 }).toBe('3 two5 three')
  expect(lost).toEqual([1])
})

test('a datagram holds one message', async () => {
  const receiver = createSocket('udp4')
  receiver.bind(0, '127.0.0.1')
  await once(receiver, 'listening')
  const heard = once(receiver, 'message')
  sender(receiver.address().port, { protocol: 'udp' }).send(Buffer.from('quick'))
  expect(String((await heard)[0])).toBe('quick')
  receiver.close()
})
