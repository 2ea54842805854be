import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { RotationSettings } from './log-settings.ts'
import { RotatingFile } from './rotating-file.ts'

const rotation: RotationSettings = { bytesMax: 10, backups: 2, suffix: undefined, onBoot: true }
const noon = new Date(2026, 10, 30, 12).getTime()
const day = 24 * 3_600_000

function folderWith(text?: string): { folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'))
  const file = join(folder, 'keycloak.log')
  if (text !== undefined) writeFileSync(file, text)
  return { folder, file }
}

function contentOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  )
}

describe('a log file', () => {
  it('makes place for the next one once it is too long, and keeps so many earlier ones', () => {
    const { folder, file } = folderWith()
    using log = new RotatingFile({ file, rotation, now: () => noon })
    for (const word of ['first', 'second', 'third']) log.write(`${word} line\n`)
    log.write('4\n')
    expect(contentOf(folder)).toEqual({
      'keycloak.log': '4\n',
      'keycloak.log.1': 'third line\n',
      'keycloak.log.2': 'second line\n',
    })
  })

  it('is begun anew by a start, unless nobody wants that', () => {
    const fresh = folderWith('before\n')
    using _new = new RotatingFile({ file: fresh.file, rotation, now: () => noon })
    expect(contentOf(fresh.folder)).toEqual({ 'keycloak.log': '', 'keycloak.log.1': 'before\n' })
    const kept = folderWith('before\n')
    using log = new RotatingFile({ ...kept, rotation: undefined, now: () => noon })
    log.write('after, and longer than the bound\n')
    expect(contentOf(kept.folder)).toEqual({
      'keycloak.log': 'before\nafter, and longer than the bound\n',
    })
  })

  it('gets the date behind its name when the date changes, and may be compressed', () => {
    const { folder, file } = folderWith()
    let now = noon
    const suffix = '.yyyy-MM-dd.gz'
    using log = new RotatingFile({ file, rotation: { ...rotation, suffix }, now: () => now })
    log.write('monday\n')
    now += day
    log.write('tuesday\n')
    expect(readdirSync(folder).sort()).toEqual(['keycloak.log', 'keycloak.log.2026-11-30.1.gz'])
    const packed = readFileSync(join(folder, 'keycloak.log.2026-11-30.1.gz'))
    expect(gunzipSync(packed).toString()).toBe('monday\n')
    expect(readFileSync(file, 'utf8')).toBe('tuesday\n')
  })
})
