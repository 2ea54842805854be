import { describe, expect, it } from 'vitest'
import { decodeEntities, headingsOf, pageIdOf, parseForms, titleOf } from './html-page.ts'

const html = `<!doctype html><html><head><title>Sign &amp; go</title></head>
<body class="x" data-page-id="login-login"><h1>Hello <b>you</b></h1>
<!-- <form id="commented"></form> -->
<script>const text = '<form id="scripted">'</script>
<form id="f" action="/a?b=1&amp;c=2" method="post">
  <input name="username" value="al&quot;ice"><input type="password" name="password"/>
  <input type=checkbox name=remember checked><input type="checkbox" name="other">
  <select name="country"><option value="de">DE</option><option value="fr" selected>FR</option></select>
  <textarea name="note">a &lt; b</textarea>
  <button name="login" value="yes">Go</button>
</form></body></html>`

describe('an HTML page as a browser reads it', () => {
  it('has forms with their controls', () => {
    const [form, ...others] = parseForms(html)
    expect(others).toEqual([])
    expect(form).toMatchObject({ id: 'f', action: '/a?b=1&c=2', method: 'POST' })
    expect(
      form?.controls.map(({ name, type, value, checked }) => [name, type, value, checked]),
    ).toEqual([
      ['username', 'text', 'al"ice', false],
      ['password', 'password', '', false],
      ['remember', 'checkbox', 'on', true],
      ['other', 'checkbox', 'on', false],
      ['country', 'select', 'fr', false],
      ['note', 'textarea', 'a < b', false],
      ['login', 'submit', 'yes', false],
    ])
  })

  it('has a title, a page id and headings', () => {
    expect(titleOf(html)).toBe('Sign & go')
    expect(pageIdOf(html)).toBe('login-login')
    expect(headingsOf(html)).toEqual([['h1', 'Hello you']])
  })

  it('resolves character references', () => {
    expect(decodeEntities('&#228;&#xe4;&amp;amp;&nope;')).toBe('ää&amp;&nope;')
  })
})
