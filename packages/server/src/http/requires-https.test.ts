import { describe, expect, it } from 'vitest'
import { requiresHttps } from './requires-https.ts'

describe('HTTPS as a realm requires it', () => {
  it.each(['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.0.9', '::1', 'fd00::1'])(
    'external: not from %s',
    (address) => expect(requiresHttps('external', address)).toBe(false),
  )

  it.each(['8.8.8.8', '172.32.0.1', '100.64.0.1', '2001:db8::1', '::2', 'fdoor', ''])(
    'external: from %s',
    (address) => expect(requiresHttps('external', address)).toBe(true),
  )

  it('all and none go by no address', () => {
    expect(requiresHttps('ALL', '127.0.0.1')).toBe(true)
    expect(requiresHttps('NONE', '8.8.8.8')).toBe(false)
  })
})
