import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { Replay, recordedAs } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/ciba')
/** Recorded on another port. */
const withChannel = JSON.parse(
  JSON.stringify(fixture('oidc/ciba-with-channel')).replaceAll(':18977', ':8080'),
) as RecordedExchange[]

/** Recordings that are not replayed, each with the reason. */
const skipped: Readonly<Record<string, string>> = {
  'no channel configured': 'Without an entity outside users are asked in their browser',
  'two hints': 'OpenID Connect CIBA Core §7.1 wants exactly one; Keycloak takes the first',
}

/** The second recording has no headers. */
const headers = [
  'content-type',
  'cache-control',
  'pragma',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-robots-tag',
  'x-frame-options',
]

describe('backchannel authentication as Keycloak answers it', () => {
  let replay: Replay
  let channel: Server
  const received: { authorization: string; body: unknown }[] = []
  beforeAll(async () => {
    channel = createServer((request, response) => {
      let text = ''
      request.on('data', (part: Buffer) => {
        text += part.toString()
      })
      request.on('end', () => {
        const { authorization = '' } = request.headers
        received.push({ authorization, body: JSON.parse(text) })
        response.writeHead(201).end()
      })
    })
    await new Promise<void>((resolve) => channel.listen(0, '127.0.0.1', resolve))
    const uri = `http://127.0.0.1:${(channel.address() as AddressInfo).port}/`
    const option = 'spi-ciba-auth-channel--ciba-http-auth-channel--http-authentication-channel-uri'
    replay = await Replay.start({ options: [`--${option}=${uri}`] })
  })
  afterAll(async () => {
    channel.close()
    await replay?.[Symbol.asyncDispose]()
  })

  const single = exchanges.filter(({ note = '' }) => !(note in skipped))
  it.each(single.map(({ note = '' }) => note))('%s', async (note) => {
    const recorded = recordedAs(exchanges, note)
    const json = note === 'callback without token'
    const message = recorded.request?.form?.['binding_message']
    await replay.check(recorded, {
      ...(json ? { headers: { 'content-type': 'application/json' } } : {}),
      ...(typeof message === 'string' ? { form: { binding_message: `${message} ` } } : {}),
    })
  })

  it.each(['SUCCEED', 'UNAUTHORIZED', 'CANCELLED'])(
    'a request that ends with %s',
    async (end) => {
      const at = withChannel.findIndex(({ note }) => note === `authentication request (${end})`)
      const part = withChannel.slice(at)
      const form = ({ request }: RecordedExchange) => request?.['body'] as Record<string, string>
      const asForm = (recorded: RecordedExchange): RecordedExchange => ({
        ...recorded,
        request: {
          ...recorded.request,
          method: 'POST',
          path: recorded.request?.path ?? '',
          form: form(recorded),
          body: undefined,
        },
      })
      const first = recordedAs(part, `authentication request (${end})`)
      const asked = await replay.check(asForm(first), { ignore: headers })
      const { auth_req_id } = JSON.parse(asked.body) as { auth_req_id: string }
      const live = { form: { auth_req_id }, ignore: headers }
      await replay.check(asForm(recordedAs(part, 'poll before the answer')), live)
      await replay.check(asForm(recordedAs(part, 'poll too soon')), live)
      const { authorization = '', body } = received.at(-1) ?? {}
      const sent = recordedAs(withChannel, 'what the authentication channel endpoint received')
      expect(scopesSorted(body)).toEqual(scopesSorted(sent.body))
      const answer = recordedAs(part, `channel calls back: ${end}`)
      await replay.check(answer, { headers: { authorization }, ignore: headers })
      await new Promise((resolve) => setTimeout(resolve, 5_050))
      await replay.check(asForm(recordedAs(part, `poll after ${end}`)), live)
    },
    30_000,
  )
})

/** Names of scopes have no order. */
function scopesSorted(body: unknown): unknown {
  const { scope, ...rest } = body as { scope: string }
  return { ...rest, scope: scope.split(' ').toSorted() }
}
