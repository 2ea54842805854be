import { expect, it } from 'vitest'
import { sanitizeHtml } from './sanitize-html.ts'

const clean = (markup: string) => sanitizeHtml(markup).toString()

it('keeps harmless markup', () => {
  const name = '<div class="kc-logo-text"><span>Acme</span> <b>Corp</b><br></div>'
  expect(clean(name)).toBe(name)
})

it('shows scripts and handlers as text or drops them', () => {
  expect(clean('<script>alert(1)</script>')).toBe('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(clean('<img src="x" onerror="alert(1)">')).toBe('<img src="x">')
  expect(clean('<b onclick=alert(1)>x</b>')).toBe('<b>x</b>')
  // The entity is not decoded but escaped, so the browser sees a relative address.
  expect(clean('<a href="java&#x73;cript:alert(1)">')).toContain('"java&amp;#x73;cript:alert(1)"')
  expect(clean('<a href=" javascript:alert(1)">x</a>')).toBe('<a href="#">x</a>')
  expect(clean('<<b>script>')).toBe('&lt;<b>script&gt;</b>')
})

it('closes what is open and drops stray ends', () => {
  expect(clean('<div><b>x')).toBe('<div><b>x</b></div>')
  expect(clean('x</div></b>')).toBe('x')
  expect(clean('<div><b>x</div>y')).toBe('<div><b>x</b></div>y')
})

it('escapes once', () => {
  expect(clean('R&amp;D & more')).toBe('R&amp;D &amp; more')
})
