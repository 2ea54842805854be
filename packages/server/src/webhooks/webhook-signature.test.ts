import { expect, it } from 'vitest'
import { webhookHeaders } from './webhook-signature.ts'

// Standard Webhooks: the example of its reference libraries.
it('signs as the reference libraries of Standard Webhooks do', () => {
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    payload: '{"test": 2432232314}',
  }
  const expected = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
  expect(webhookHeaders(message, [key])).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': expected,
  })
  const both = webhookHeaders(message, [key, Buffer.alloc(24, 1)])['webhook-signature']
  expect(both.split(' ')).toHaveLength(2)
  expect(both.split(' ')[0]).toBe(expected)
})
