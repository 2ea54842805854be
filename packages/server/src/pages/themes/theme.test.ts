import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { pageLookOf } from './page-look-of.ts'
import { readThemeFolder, themeNames, themesSignature } from './read-theme-folder.ts'
import { Theme } from './theme.ts'
import type { ThemeKind } from './theme-folder.ts'

const themes = mkdtempSync(join(tmpdir(), 'holdfast-themes-'))
afterAll(() => rmSync(themes, { recursive: true }))

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(themes, path)), { recursive: true })
  writeFileSync(join(themes, path), content)
}

function theme(name: string, kind: ThemeKind = 'login'): Theme {
  const folder = readThemeFolder(themes, name, kind)
  if (folder === undefined) throw new Error(`there is no theme ${name}`)
  return new Theme(kind, folder, (other, of) => readThemeFolder(themes, other, of))
}

it('texts are read as UTF-8 and as ISO 8859-1, with escapes in both', () => {
  write('old/login/theme.properties', 'parent=base\n')
  write(
    'old/login/messages/messages_de.properties',
    Buffer.from('a=Gr\u00fc\u00dfe \\u20ac\n', 'latin1'),
  )
  write('old/login/messages/messages_pt_BR.properties', 'a=Ol\u00e1 \\u20ac\n')
  expect(theme('old').texts('de')).toEqual([{ a: 'Gr\u00fc\u00dfe \u20ac' }])
  expect(theme('old').texts('pt-BR')).toEqual([{ a: 'Ol\u00e1 \u20ac' }])
  expect(theme('old').texts('constructor')).toEqual([])
})

it('a theme has what its parent has, and its own of it first', () => {
  write('above/login/theme.properties', 'parent=keycloak\nstyles=css/a.css css/b.css\n')
  write('above/login/resources/css/a.css', 'above')
  write('above/login/resources/css/b.css', 'above')
  write('below/login/theme.properties', 'parent=above\n')
  write('below/login/resources/css/a.css', 'below')
  const below = theme('below')
  expect(below.file('css/a.css')?.content.toString()).toBe('below')
  expect(below.file('css/b.css')?.content.toString()).toBe('above')
  const look = pageLookOf(below, 'login', '/r', (key) => key)
  expect(look.stylesheets).toEqual(['/r/css/a.css', '/r/css/b.css'])
  expect(below.version).not.toBe(theme('above').version)
})

it('parents that are not there, or go round in a circle, end in the look of the server', () => {
  write('lost/login/theme.properties', 'parent=gone\n')
  write('one/login/theme.properties', 'parent=two\n')
  write('two/login/theme.properties', 'parent=one\n')
  expect(theme('lost').problems).toEqual(['its parent gone is not there'])
  for (const name of ['lost', 'one']) {
    expect(pageLookOf(theme(name), 'login', '/r', (key) => key).ownStyles).toBe(true)
    expect(theme(name).problems).toHaveLength(1)
  }
})

it('a folder without a login theme is none', () => {
  write('mails/email/theme.properties', 'parent=base\n')
  write('README.md', 'What belongs here.\n')
  expect(readThemeFolder(themes, 'mails', 'login')).toBeUndefined()
  expect(themeNames(themes, 'login')).not.toContain('mails')
})

it('a change of any file changes the signature', () => {
  const before = themesSignature(themes)
  write('below/login/slots/footer.html', '<p></p>')
  expect(themesSignature(themes)).not.toBe(before)
})

it('an import brings the files, texts and properties of one theme of any kind', () => {
  write('brand/common/theme.properties', 'styles=css/brand.css\n')
  write('brand/common/resources/css/brand.css', 'brand')
  write('brand/login/theme.properties', 'parent=keycloak.v2\nimport=common/brand\n')
  write('stray/login/theme.properties', 'import=common/gone\n')
  expect(theme('brand').filesIn('styles')).toEqual(['css/brand.css'])
  expect(theme('stray').problems).toEqual(['import: there is no theme common/gone'])
})

it('no name leads out of the folder of themes', () => {
  write('../outside/login/theme.properties', 'styles=a\n')
  for (const name of ['../outside', '..', '.', '']) {
    expect(readThemeFolder(themes, name, 'login')).toBeUndefined()
  }
  rmSync(join(themes, '..', 'outside'), { recursive: true })
})
