import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { allowLongAnswer } from './answer-deadlines.ts'
import { HttpServers } from './http-servers.ts'
import type { HttpSettings } from './http-settings.ts'
import { sendJson } from './json-answer.ts'

const settings: HttpSettings = {
  host: '127.0.0.1',
  port: 0,
  enabled: true,
  httpsPort: 0,
  tls: undefined,
  relativePath: '',
  requestsMax: 2,
  hostname: { hostname: undefined, admin: undefined, strict: false, backchannelDynamic: false },
  proxy: { headers: undefined, trustedAddresses: undefined },
}

test('a request beyond the limit is refused at once with 503, and the next one after it is served', async () => {
  const waiting: (() => void)[] = []
  const app = fastify()
  app.post('/slow', async () => {
    await new Promise<void>((resolve) => waiting.push(resolve))
    return 'done'
  })
  await using servers = new HttpServers({ settings, app })
  await servers.listen()
  const url = `http://127.0.0.1:${servers.port}/slow`
  const body = '"'.padEnd(200_000, 'x').concat('"')
  const send = async () =>
    await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const served = [send(), send()]
  while (waiting.length < 2) await turn()

  const refused = await Promise.all([send(), send(), send()])
  for (const answer of refused) {
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(answer.headers.get('connection')).not.toBe('close')
    expect(await answer.json()).toMatchObject({ error: 'temporarily_unavailable' })
  }
  await expect.poll(() => servers.active).toBe(2)

  for (const resolve of waiting.splice(0)) resolve()
  for (const answer of await Promise.all(served)) expect(answer.status).toBe(200)
  const next = send()
  while (waiting.length < 1) await turn()
  waiting[0]?.()
  expect((await next).status).toBe(200)
})

test('a request without an answer in time is refused, one that has begun is cut, and others go on', async () => {
  const app = fastify()
  const late: Promise<unknown>[] = []
  app.get('/late', (_request, reply) => {
    const answered = pause(300).then(() => sendJson(reply, '{}'))
    late.push(answered)
    return answered
  })
  app.get('/endless', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200).write('begun')
  })
  app.get('/quick', async () => 'done')
  app.get('/long', async (_request, reply) => {
    allowLongAnswer(reply.raw)
    await pause(400)
    return 'done at last'
  })
  await using servers = new HttpServers({ settings, app, answerMsMax: 100 })
  await servers.listen()
  const send = async (path: string) => await fetch(`http://127.0.0.1:${servers.port}${path}`)

  const refused = await send('/late')
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.headers.get('connection')).toBe('close')
  expect(await refused.json()).toEqual({
    error: 'temporarily_unavailable',
    error_description: 'No answer in time',
  })
  await expect(Promise.all(late)).resolves.toHaveLength(1)

  const begun = await send('/endless')
  expect(begun.status).toBe(200)
  await expect(begun.text()).rejects.toThrow()

  expect((await send('/quick')).status).toBe(200)
  const long = await send('/long')
  expect([long.status, await long.text()]).toEqual([200, 'done at last'])
  await expect.poll(() => servers.active).toBe(0)
})

test('what is at hand is answered before the router and beyond the bound; the rest goes its way', async () => {
  const app = fastify()
  app.get('/*', async () => 'by the router')
  await using servers = new HttpServers({
    settings: { ...settings, requestsMax: 0 },
    app,
    answersAtHand: ({ url }, response) => {
      if (url !== '/at-hand') return false
      response.end('at hand')
      return true
    },
  })
  await servers.listen()
  const read = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${servers.port}${path}`)
    return `${answer.status} ${await answer.text()}`
  }
  expect(await read('/at-hand')).toBe('200 at hand')
  expect(await read('/other')).toMatch(/^503 /)
})

/** One GET; @returns whether the answer announced the end of its connection */
function ask(port: number, agent: Agent): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path: '/quick', agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.headers.connection === 'close'))
      response.on('error', reject)
    })
    request.on('error', reject)
  })
}

test('clients that honour Connection: close lose no request to repeated stops', async () => {
  const lost: unknown[] = []
  let served = 0
  for (let stops = 0; stops < 12; stops++) {
    const app = fastify()
    app.get('/quick', async () => {
      await pause(2)
      return 'done'
    })
    const servers = new HttpServers({ settings: { ...settings, requestsMax: 100 }, app })
    await servers.listen()
    const { port } = servers
    const agent = new Agent({ keepAlive: true, maxSockets: 16 })
    const client = async () => {
      for (;;) {
        const answer = await ask(port, agent).catch((error: unknown) => error)
        if (answer === false) served += 1
        // It has been told to go, and does not come back.
        else if (answer === true) return
        else return void lost.push(answer)
        await pause(Math.random() * 20)
      }
    }
    const clients = Array.from({ length: 16 }, client)
    const enough = served + 10
    // As long as a busy machine needs: the stop has to come amid requests.
    do await pause(30)
    while (served < enough && lost.length === 0)
    servers.drain()
    await pause(20)
    await Promise.all([servers.close(2_000), ...clients])
    agent.destroy()
  }
  expect(lost).toEqual([])
  expect(served).toBeGreaterThan(100)
})

test('a connection that is idle when the end begins is served once more, and told to go', async () => {
  const app = fastify()
  app.get('/quick', async () => 'done')
  const servers = new HttpServers({ settings, app })
  await servers.listen()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect(await ask(servers.port, agent)).toBe(false)
  servers.drain()
  await pause(20)
  expect(await ask(servers.port, agent)).toBe(true)
  await servers.close(1_000)
})

test('an end with nobody there takes no time, and one who says nothing does not delay it beyond the limit', async () => {
  const servers = new HttpServers({ settings, app: fastify() })
  await servers.listen()
  const silent = connect(servers.port, '127.0.0.1')
  await new Promise((resolve) => silent.once('connect', resolve))
  const gone = new Promise((resolve) => silent.once('close', resolve).once('error', resolve))
  const begin = performance.now()
  await servers.close(300)
  await gone
  expect(performance.now() - begin).toBeLessThan(1_000)
})
