import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BloomFilter, isInBloomFile } from './bloom-filter.ts'

it('is the file that `kc.sh tools build-password-denylist` of Keycloak 26.7.4 writes', () => {
  const lines = ['password', 'secret', '123456', '', 'qwerty ', 'über']
  const filter = new BloomFilter(lines.length, 0.0001)
  for (const line of lines) filter.add(line)
  expect(filter.content.toString('hex')).toBe('010d0000000240ec044604f01a5163621141885dd75d')
})

it('finds what was added, also longer texts, and little else', async () => {
  const filter = new BloomFilter(500, 0.001)
  const texts = Array.from({ length: 500 }, (_unused, index) => `${index}`.repeat(1 + (index % 20)))
  for (const text of texts) filter.add(text)
  const file = join(mkdtempSync(join(tmpdir(), 'holdfast-bloom-')), 'list.bloom')
  writeFileSync(file, filter.content)
  for (const text of texts) expect([text, await isInBloomFile(file, text)]).toEqual([text, true])
  let wrong = 0
  for (let index = 0; index < 500; index += 1) {
    if (await isInBloomFile(file, `other ${index}`)) wrong += 1
  }
  expect(wrong).toBeLessThan(10)
})

it.each(['', 'password\n', '010d00000000'])('refuses a file that is none: %j', async (content) => {
  const file = join(mkdtempSync(join(tmpdir(), 'holdfast-bloom-')), 'list.bloom')
  writeFileSync(file, Buffer.from(content, 'hex'))
  await expect(isInBloomFile(file, 'password')).rejects.toThrow()
})
