import { describe, expect, it } from 'vitest'
import { keyProviderType } from '../keys/key-component.ts'
import { KeyRing } from '../keys/key-ring.ts'
import { loginRowId, newAuthorizationCode, readAuthorizationCode } from './authorization-code-id.ts'

const ringOf = (secret: string) =>
  new KeyRing(
    [
      {
        id: 'h',
        parentId: 'r',
        providerType: keyProviderType,
        providerId: 'hmac-generated',
        config: { kid: ['k'], secret: [secret], algorithm: ['HS512'] },
      },
    ],
    () => undefined,
  )
const ring = ringOf('c2VjcmV0LXNlY3JldC1zZWNyZXQ')
const sessionId = 'zCQRS4YRPXBi0r2yFhrqQ2nG'
const clientUuid = '6014ae6f-d899-47a7-ab1a-6b34a5a80e69'
const loginStateId = 'EVjHQk8ZSq2gYxF3wQ0b1w'
const text = newAuthorizationCode(ring, 'r', loginStateId, sessionId, clientUuid)

describe('authorization codes', () => {
  it('look like those of Keycloak and say what they are for', () => {
    expect(text).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{24}\.[0-9a-f-]{36}$/)
    const parts = { rowId: loginRowId(loginStateId), sessionId, clientUuid }
    expect(readAuthorizationCode(ring, 'r', text)).toEqual(parts)
  })

  it('differ with the login that they end', () => {
    expect(newAuthorizationCode(ring, 'r', 'another login', sessionId, clientUuid)).not.toBe(text)
    expect(loginRowId('another login')).not.toBe(loginRowId(loginStateId))
  })

  it('cannot be forged: every changed character, another realm and another key are noticed', () => {
    for (let index = 0; index < text.length; index += 1) {
      const changed = text[index] === 'a' ? 'b' : 'a'
      const forged = text.slice(0, index) + changed + text.slice(index + 1)
      expect(readAuthorizationCode(ring, 'r', forged), forged).toBeNull()
    }
    expect(readAuthorizationCode(ring, 'other', text)).toBeNull()
    expect(readAuthorizationCode(ringOf('YW5vdGhlciBzZWNyZXQ'), 'r', text)).toBeNull()
  })

  it.each(['', 'abc', '..', `${'0'.repeat(36)}.${sessionId}.${clientUuid}`])(
    'refuse %j',
    (forged) => {
      expect(readAuthorizationCode(ring, 'r', forged)).toBeNull()
    },
  )
})
