import { createServer, IncomingMessage, ServerResponse, request as send } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Admission, type AdmissionDeps } from './admission.ts'

/** A request that never came over a network. */
function exchange(url = '/'): readonly [IncomingMessage, ServerResponse] {
  const request = new IncomingMessage(new Socket())
  request.url = url
  return [request, new ServerResponse(request)]
}

/** Notes what begins and what is refused. */
function admissionOf(deps: Partial<AdmissionDeps>) {
  const begun: string[] = []
  const refused: string[] = []
  const admission = new Admission({
    requestsMax: 100,
    begin: ({ url = '' }) => begun.push(url),
    refuse: (_request, response, reason) => {
      refused.push(reason)
      response.end()
    },
    ...deps,
  })
  return { admission, begun, refused }
}

/** As many at work as there may be before others stand in line. */
function crowded(deps: Partial<AdmissionDeps>) {
  const parts = admissionOf(deps)
  const crowd = Array.from({ length: 32 }, () => exchange('crowd'))
  for (const [request, response] of crowd) parts.admission.admit(request, response)
  expect(parts.begun.splice(0)).toHaveLength(crowd.length)
  return { ...parts, crowd }
}

describe('Admission', () => {
  test('beside a crowd, requests begin in the order in which they came, two in each turn', async () => {
    const { admission, begun, crowd } = crowded({})
    for (const url of ['1', '2', '3', '4', '5']) admission.admit(...exchange(url))
    expect(begun).toEqual([])
    await turn()
    expect(begun).toEqual(['1', '2'])
    admission.admit(...exchange('6'))
    await turn()
    expect(begun).toEqual(['1', '2', '3', '4'])
    await turn()
    expect(begun).toEqual(['1', '2', '3', '4', '5', '6'])
    for (const [, response] of crowd) response.emit('close')
    admission.admit(...exchange('7'))
    expect(begun.at(-1)).toBe('7')
  })

  test('a client that has left the line is forgotten, one that is in it for too long is refused', async () => {
    const { admission, begun, refused } = crowded({ lineMsMax: 20 })
    const exchanges = ['1', '2', '3', '4', '5'].map(exchange)
    for (const [request, response] of exchanges) admission.admit(request, response)
    exchanges[2]?.[1].emit('close')
    const end = performance.now() + 30
    while (performance.now() < end);
    await turn()
    expect(begun).toEqual([])
    expect(refused).toEqual(Array(4).fill('Too long in line'))
  })

  test('those in line count as those at work do', () => {
    const { admission, refused } = crowded({ requestsMax: 34 })
    for (const url of ['1', '2', '3']) admission.admit(...exchange(url))
    expect(refused).toEqual(['Too many requests at once'])
  })

  test('what is at work counts, and what is answered from memory goes on until there are as many again', () => {
    const { admission, begun, refused } = admissionOf({
      requestsMax: 4,
      answersAtOnce: ({ url }) => url === 'keys',
    })
    for (const url of ['1', '2', '3', '4', '5']) admission.admit(...exchange(url))
    expect(begun).toEqual(['1', '2', '3', '4'])
    expect(refused).toHaveLength(1)
    for (let count = 0; count < 5; count += 1) admission.admit(...exchange('keys'))
    expect(begun.filter((url) => url === 'keys')).toHaveLength(4)
    expect(refused).toHaveLength(2)
  })
})

describe('over a network', () => {
  const answerBytes = 30_000_000

  /** Answers `/large` at once with more than connections hold, everything else never. */
  async function listening(requestsMax: number) {
    const begun: string[] = []
    const admission = new Admission({
      requestsMax,
      begin: (request, response) => {
        begun.push(request.url ?? '')
        request.resume()
        if (request.url === '/large') response.end(Buffer.alloc(answerBytes))
      },
      refuse: (_request, response) => response.writeHead(503).end(),
    })
    const server = createServer((request, response) => admission.admit(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return {
      port,
      begun,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  }

  function statusOf(port: number): Promise<number | undefined> {
    return new Promise((resolve) => {
      const sent = send({ port, host: '127.0.0.1', path: '/waits' }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      sent.on('error', () => resolve(undefined)).end()
    })
  }

  test('who sends or reads slowly takes no place; who has sent everything takes one until the connection ends', async () => {
    await using server = await listening(1)
    const { port, begun } = server
    const head = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
    const reader = connect(port, '127.0.0.1')
    reader.pause()
    reader.write(head('/large'))
    const sender = connect(port, '127.0.0.1')
    sender.write(head('/slow', 'Content-Length: 4\r\n'))
    await expect.poll(() => begun).toEqual(expect.arrayContaining(['/large', '/slow']))

    const waiting = statusOf(port)
    await expect.poll(() => begun).toContain('/waits')
    expect(await statusOf(port)).toBe(503)

    sender.write('body')
    reader.destroy()
    await pause(20)
    sender.destroy()
    expect(begun).toHaveLength(3)
    await server[Symbol.asyncDispose]()
    expect(await waiting).toBeUndefined()
  })
})
