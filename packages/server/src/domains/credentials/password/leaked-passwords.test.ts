import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LeakedPasswords } from './leaked-passwords.ts'

const sha1 = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase()
const leaked = Array.from({ length: 500 }, (_, index) => `leaked-${index}`)

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leaked-'))
  const lines = leaked.map((password, index) => `${sha1(password)}:${index + 1}`).toSorted()
  await writeFile(join(directory, 'sorted.txt'), `${lines.join('\r\n')}\r\n`)
  await writeFile(join(directory, 'short.txt'), sha1('only'))
  await writeFile(join(directory, 'broken.txt'), 'x'.repeat(10_000))
})
afterAll(async () => await rm(directory, { recursive: true }))

function passwords(
  fetchText: (url: string) => Promise<string> = () => Promise.reject(new Error()),
) {
  const warnings: string[] = []
  const warn = (text: string) => warnings.push(text)
  return {
    warnings,
    look: new LeakedPasswords({ directory, documents: { text: fetchText }, warn }),
  }
}

describe('leaked passwords', () => {
  it('are found in a sorted file, every one of them and no other', async () => {
    const { look, warnings } = passwords()
    for (const password of leaked) {
      expect(await look.contains('sorted.txt', password, 'acme'), password).toBe(true)
      expect(await look.contains('sorted.txt', `${password}!`, 'acme'), password).toBe(false)
    }
    expect(await look.contains('short.txt', 'only', 'acme')).toBe(true)
    expect(warnings).toEqual([])
  })

  it('are asked for by five digits of their hash', async () => {
    const hash = sha1('secret')
    const asked: string[] = []
    const { look } = passwords(async (url) => {
      asked.push(url)
      return `0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n${hash.slice(5)}:42\r\n`
    })
    expect(await look.contains('https://range.test/', 'secret', 'acme')).toBe(true)
    expect(await look.contains('https://range.test/', 'other', 'acme')).toBe(false)
    expect(asked[0]).toBe(`https://range.test/${hash.slice(0, 5)}`)
    const padded = passwords(async () => `${hash.slice(5)}:0`)
    expect(await padded.look.contains('https://range.test/', 'secret', 'acme')).toBe(false)
  })

  it.each(['https://range.test/', 'missing.txt', 'broken.txt', '../short.txt/..'])(
    'refuse nobody when %s cannot be asked, and the log says so',
    async (source) => {
      const { look, warnings } = passwords()
      expect(await look.contains(source, 'leaked-1', 'acme')).toBe(false)
      expect(warnings[0]).toContain('Realm acme: leaked passwords could not be looked up')
    },
  )
})
