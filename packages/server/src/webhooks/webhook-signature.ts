import { createHmac } from 'node:crypto'

/** The signed headers of Standard Webhooks. */
export interface WebhookHeaders {
  readonly 'webhook-id': string
  /** Seconds since the epoch. */
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/**
 * Signs a message (Standard Webhooks, Signature scheme): HMAC-SHA256 over `id.timestamp.payload`.
 * @param keys each of them signs, so that a key can be replaced while messages arrive
 */
export function webhookHeaders(
  message: { readonly id: string; readonly timestamp: number; readonly payload: string },
  keys: readonly Buffer[],
): WebhookHeaders {
  const { id, timestamp, payload } = message
  const signed = `${id}.${timestamp}.${payload}`
  const signatures = keys.map((key) => {
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
