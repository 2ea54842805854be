import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoPassword, demoSecret } from '../harness/demo-realm.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** On one core 150 may wait for their hash. */
const oneCore = ['taskset', '-c', '0']
const storm = 250

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ prefix: oneCore, options: ['--proxy-headers=xforwarded'] })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

async function signIn(username: string, password: string, address: string): Promise<Response> {
  return await fetch(`${server.realmUrl('demo')}/protocol/openid-connect/token`, {
    method: 'POST',
    headers: { 'x-forwarded-for': address },
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'app',
      client_secret: demoSecret('app'),
      username,
      password,
    }),
  })
}

test('who tries passwords by the hundred from one address keeps nobody else from signing in', async () => {
  const statuses: number[] = []
  const retryAfter = new Set<string | null>()
  const guesses = Array.from({ length: storm }, async (_, index) => {
    const answer = await signIn(`person-${index % 10}`, 'guess', '203.0.113.9')
    if (answer.status === 503) retryAfter.add(answer.headers.get('retry-after'))
    await answer.arrayBuffer()
    statuses.push(answer.status)
  })
  // The line is full as soon as somebody is refused.
  await expect.poll(() => statuses.includes(503), { timeout: 10_000, interval: 5 }).toBe(true)

  const others = await Promise.all(
    ['198.51.100.1', '198.51.100.2', '2001:db8::1'].map(
      async (address, index) =>
        (await signIn(`person-${index}`, demoPassword(`person-${index}`), address)).status,
    ),
  )
  expect(others).toEqual([200, 200, 200])
  const stillWaiting = storm - statuses.length
  expect(stillWaiting, 'others need not wait until the storm is over').toBeGreaterThan(0)

  await Promise.all(guesses)
  expect(new Set(statuses)).toEqual(new Set([400, 503]))
  // 2 from the line of passwords; a machine that is busy besides refuses some at the door, with 1.
  for (const seconds of retryAfter) expect(seconds).toMatch(/^[12]$/)
})
