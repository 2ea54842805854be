import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sanitizeHtml } from './sanitize-html.ts'

const clean = (markup: string) => sanitizeHtml(markup).toString()

it('keeps harmless markup', () => {
  const name = '<div class="kc-logo-text"><span>Acme</span> <b>Corp</b><br></div>'
  expect(clean(name)).toBe(name)
})

it('drops scripts, handlers and harmful addresses', () => {
  expect(clean('a<script>alert(1)</script>b<style>x</style>')).toBe('ab')
  expect(clean('<img src="x" onerror="alert(1)">')).toBe('<img src="x">')
  expect(clean('<b onclick=alert(1)>x</b>')).toBe('<b>x</b>')
  expect(clean('<a href="java&#x73;cript:alert(1)">x</a>')).toBe('<a href="#">x</a>')
  expect(clean('<a href=" javascript:alert(1)">x</a>')).toBe('<a href="#">x</a>')
  expect(clean('<form action="x"><input name="y">z</form>')).toBe('z')
  expect(clean('<svg><script>alert(1)</script></svg>')).toBe('')
})

it('closes what is open and drops stray ends', () => {
  expect(clean('<div><b>x')).toBe('<div><b>x</b></div>')
  expect(clean('x</div></b>')).toBe('x')
  expect(clean('<div><b>x</div>y')).toBe('<div><b>x</b></div>y')
})

it('escapes once', () => {
  expect(clean('R&amp;D & more &copy; <')).toBe('R&amp;D &amp; more © &lt;')
})

it('shows what is nested without end as text', () => {
  expect(clean('<b>'.repeat(65))).toBe('&lt;b&gt;'.repeat(65))
  expect(clean('<b>'.repeat(64))).toBe('<b>'.repeat(64) + '</b>'.repeat(64))
})

it.each([
  ['an open tag and blanks', (length: number) => `<a${' '.repeat(length)}<`],
  ['many tags left open', (length: number) => '<b>'.repeat(length)],
  ['many stray ends', (length: number) => `${'<i>'.repeat(60)}${'</b>'.repeat(length)}`],
  ['many attributes', (length: number) => `<a ${'a="b" '.repeat(length)}>`],
  ['many entities', (length: number) => '&amp'.repeat(length)],
  ['many comments', (length: number) => '<!--'.repeat(length)],
  ['many quotes', (length: number) => `<a href="${'"\''.repeat(length)}`],
])('takes no longer than its length explains: %s', (_what, markup) => {
  const started = performance.now()
  clean(markup(1_000_000))
  expect(performance.now() - started).toBeLessThan(4_000)
})

it('leaves nothing but allowed tags and attributes of whatever it gets', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      '"',
      "'",
      '=',
      ' ',
      '&',
      '<!--',
      '-->',
      '<![CDATA[',
      '\0',
    ),
    fc.constantFrom(
      'script',
      'img',
      'svg',
      'a',
      'math',
      'style',
      'onerror',
      'href',
      'src',
      'template',
    ),
    fc.constantFrom('javascript:alert(1)', 'data:text/html,x', '&#106;avascript:', 'vbscript:x'),
    fc.string({ maxLength: 5 }),
  )
  const property = fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
    const text = clean(pieces.join(''))
    for (const [tag] of text.matchAll(/<[^>]*>?/g)) {
      expect(tag).toMatch(
        /^<\/?(?:a|b|br|code|div|em|h[1-6]|i|img|li|ol|p|small|span|strong|sub|sup|u|ul)(?: (?:alt|class|height|href|src|title|width)="[^"<>]*")*>$/,
      )
      expect(tag).not.toMatch(/(?:href|src)="\s*(?:javascript|data|vbscript):/i)
    }
  })
  fc.assert(property, { numRuns: 2_000 })
})
