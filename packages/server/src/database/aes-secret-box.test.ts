import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { AesSecretBox, UnknownEncryptionKey } from './aes-secret-box.ts'
import { plainSecretBox } from './plain-secret-box.ts'

const [first, second] = [randomBytes(32), randomBytes(32)]

test('what is sealed opens again, and two seals of one text differ', () => {
  const box = new AesSecretBox([first])
  const sealed = box.seal('geheim ü')
  expect(sealed).toMatch(/^hf1:[0-9a-f]{8}:[\w-]+$/)
  expect(sealed).not.toBe(box.seal('geheim ü'))
  expect(box.open(sealed)).toBe('geheim ü')
})

test('a new key in front seals, the old one behind it still opens', () => {
  const old = new AesSecretBox([first]).seal('x')
  const rotated = new AesSecretBox([second, first])
  expect(rotated.open(old)).toBe('x')
  expect(rotated.isCurrent(old)).toBe(false)
  expect(rotated.isCurrent(rotated.seal('x'))).toBe(true)
})

test('text that was stored plain comes back; sealed text without its key is refused', () => {
  const sealed = new AesSecretBox([first]).seal('x')
  expect(new AesSecretBox([second]).open('plain')).toBe('plain')
  expect(() => new AesSecretBox([second]).open(sealed)).toThrow(UnknownEncryptionKey)
  expect(() => plainSecretBox.open(sealed)).toThrow(UnknownEncryptionKey)
})

test('a changed text is refused', () => {
  const box = new AesSecretBox([first])
  const sealed = box.seal('x')
  const last = sealed.at(-1) === 'A' ? 'Q' : 'A'
  expect(() => box.open(sealed.slice(0, -1) + last)).toThrow()
})
