import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { AccessLog } from './access-log.ts'

const lines: string[] = []
let pattern = ''
const server = createServer((incoming, response) => {
  new AccessLog({
    settings: { pattern, maskedHeaders: ['X-Own'], maskedCookies: ['mine'] },
    excludes: (path) => path === '/health',
    clientAddress: () => '192.0.2.7',
    write: (line) => void lines.push(line),
  }).follow(incoming, response)
  response.write('four')
  response.end('five5')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
afterAll(() => void server.close())

async function lineOf(wanted: string, path: string, headers: Record<string, string> = {}) {
  pattern = wanted
  lines.length = 0
  const { port } = server.address() as AddressInfo
  const sent = request({ host: '127.0.0.1', port, path, headers, agent: false })
  sent.end()
  const [answer] = await once(sent, 'response')
  answer.resume()
  await once(answer, 'end')
  await new Promise((resume) => setTimeout(resume, 20))
  return lines[0]
}

test('a line has the form of web servers', async () => {
  expect(await lineOf('common', '/realms/master')).toMatch(
    /^192\.0\.2\.7 - - \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET \/realms\/master HTTP\/1\.1" 200 9$/,
  )
  expect(await lineOf('combined', '/a', { referer: 'http://ref/', 'user-agent': 'agent' })).toMatch(
    / 200 9 "http:\/\/ref\/" "agent"$/,
  )
})

test('a pattern chooses what a line says', async () => {
  const wanted = '%m %U%q %{q,a} %{c,mine} %{c,other} %{METHOD} %{RESPONSE_CODE} %D %{nothing} 5%%'
  const line = await lineOf(wanted, '/p?a=b', { cookie: 'mine=1; other=2' })
  expect(line).toMatch(/^GET \/p\?a=b b \.\.\. 2 GET 200 \d+ %\{nothing\} 5%$/)
})

test('nothing that could be used by a reader is in a line', async () => {
  const line = await lineOf('long', '/cb?code=abc&state=1&client_secret=s', {
    authorization: 'Bearer xyz',
    'x-own': 'hidden',
    cookie: 'KEYCLOAK_IDENTITY=jwt; a=1; mine=2',
  })
  expect(line).toContain('GET /cb?code=...&state=1&client_secret=... HTTP/1.1\n')
  expect(line).toContain('authorization: Bearer ...\n')
  expect(line).toContain('x-own: ...\n')
  expect(line).toContain('cookie: KEYCLOAK_IDENTITY=...; a=1; mine=...\n')
})

test('a path that is excluded has no line', async () => {
  expect(await lineOf('common', '/health')).toBeUndefined()
})
