import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Vault } from './vault.ts'
import type { KeyResolver } from './vault-settings.ts'

const directory = mkdtempSync(join(tmpdir(), 'holdfast-vault-'))
writeFileSync(join(directory, 'acme_smtp'), 'one\n')
writeFileSync(join(directory, 'acme__2_my__key'), 'two')
writeFileSync(join(directory, 'plain'), 'three')
mkdirSync(join(directory, 'acme'))
writeFileSync(join(directory, 'acme', 'smtp'), 'four')
writeFileSync(join(directory, '..', 'outside-of-the-vault'), 'five')

const warnings: string[] = []
function vault(...resolvers: KeyResolver[]): Vault {
  return new Vault({
    settings: { kind: 'file', directory, resolvers },
    warn: (text) => void warnings.push(text),
  })
}

test('a setting that names a secret stands for it, by realm and key', async () => {
  const usual = vault('REALM_UNDERSCORE_KEY')
  expect(await usual.secretOf('acme', '${vault.smtp}')).toBe('one')
  expect(await usual.secretOf('acme_2', '${vault.my_key}')).toBe('two')
  expect(await usual.secretOf('acme', 'a password of its own')).toBe('a password of its own')
  expect(await vault('KEY_ONLY').secretOf('acme', '${vault.plain}')).toBe('three')
  const both = vault('KEY_ONLY', 'REALM_FILESEPARATOR_KEY')
  expect(await both.secretOf('acme', '${vault.smtp}')).toBe('four')
})

test('what is not in the vault stands for itself, and no name leads out of it', async () => {
  const usual = vault('KEY_ONLY')
  for (const name of ['nothing', '../outside-of-the-vault', 'acme']) {
    expect(await usual.secretOf('acme', `\${vault.${name}}`)).toBe(`\${vault.${name}}`)
  }
  expect(warnings).toHaveLength(3)
})
