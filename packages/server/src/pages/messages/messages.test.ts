import { join } from 'node:path'
import { expect, it } from 'vitest'
import { de } from './de.ts'
import { en } from './en.ts'
import { type Catalogue, Messages, ownTexts } from './messages.ts'
import { ThemeTexts } from './theme-texts.ts'

const themes = new ThemeTexts(join(import.meta.dirname, '../../../../translations/texts'))
const catalogue: Catalogue = (tag) => [themes.of('login', tag), ...ownTexts(tag)]

it('shows the language asked for, then English, then the key', () => {
  const messages = new Messages('de', {}, catalogue)
  expect(messages.text('doLogIn')).toBe('Anmelden')
  expect(messages.text('doSave')).toBe('Speichern')
  expect(messages.text('welcomeReady')).toBe(en['welcomeReady'])
  expect(messages.text('no.such.key')).toBe('no.such.key')
})

it('takes the language of a regional tag', () => {
  expect(new Messages('de-AT', {}, catalogue).text('password')).toBe('Passwort')
})

it("prefers the realm's own texts of the same language", () => {
  const messages = new Messages(
    'de',
    { de: { doLogIn: "Los geht''s" }, en: { doSave: 'Keep' } },
    catalogue,
  )
  expect(messages.text('doLogIn')).toBe("Los geht's")
  expect(messages.text('doSave')).toBe('Speichern')
})

it('looks up names written as ${key}', () => {
  const messages = new Messages('en', { en: { dept: 'Department' } })
  expect(messages.display('${dept}')).toBe('Department')
  expect(messages.display('${firstName}')).toBe('First name')
  expect(messages.display('Plain ${not} a key')).toBe('Plain ${not} a key')
})

it('is not fooled by names that every object has', () => {
  expect(new Messages('constructor').text('constructor')).toBe('constructor')
})

it('translates only keys that English has', () => {
  for (const [texts = {}] of [
    'ar',
    'de',
    'es',
    'fr',
    'it',
    'ja',
    'nl',
    'pl',
    'pt-BR',
    'zh-Hans',
  ].map(ownTexts)) {
    expect(Object.keys(texts).filter((key) => !Object.hasOwn(en, key))).toEqual([])
  }
})

it('the steps of this server speak the languages that most people read', () => {
  const steps = Object.keys(de).filter((key) => !Object.hasOwn(themes.of('login', 'en'), key))
  for (const tag of ['de', 'fr', 'es', 'it', 'nl', 'pt-BR', 'pl', 'ja', 'zh-CN', 'ar']) {
    const [texts = {}] = ownTexts(tag)
    expect(`${tag}: ${steps.filter((key) => !Object.hasOwn(texts, key))}`).toBe(`${tag}: `)
    for (const [key, text] of Object.entries(texts)) {
      const placeholders = (pattern = '') => (pattern.match(/\{\d\}/g) ?? []).toSorted()
      const english = en[key] ?? themes.of('login', 'en')[key]
      expect(`${tag} ${key} ${placeholders(text)}`).toBe(`${tag} ${key} ${placeholders(english)}`)
    }
  }
})

it('Chinese is found by country and by script', () => {
  const text = (tag: string) => new Messages(tag, {}, catalogue).text('doLogIn')
  expect([text('zh-CN'), text('zh'), text('zh-TW')]).toEqual([
    text('zh-Hans'),
    text('zh-Hans'),
    text('zh-Hant'),
  ])
  expect(text('zh-CN')).not.toBe(text('en'))
  expect(new Messages('zh-CN', {}, catalogue).text('doSave')).toBe('保存')
})
