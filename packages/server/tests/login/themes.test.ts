import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { demoRedirectUri } from '../harness/demo-realm.ts'
import { authorizationUrl } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const files = {
  'themes/acme/login/theme.properties': [
    'parent=keycloak.v2',
    'import=common/keycloak',
    'styles=css/login.css css/acme.css css/gone.css',
    'styles.login-username=css/first.css',
    'scripts=js/acme.js',
    'locales=en,de',
    'kcHtmlClass=acme',
    'token.accent=#0a7d4f',
    'token.dark.accent=#7fdcaa',
    'token.font="Acme Sans", sans-serif',
    'token.logo=img/logo.svg',
    'token.background=url(https://elsewhere.test/); } body { color: red',
    'token.colour=red',
  ].join('\n'),
  'themes/acme/login/messages/messages_en.properties':
    'loginAccountTitle=Welcome to Acme\nhelpLine=Call <us> & ask\n',
  'themes/acme/login/messages/messages_de.properties':
    'loginAccountTitle=Willkommen bei Acm\\u00e9\n',
  'themes/acme/login/resources/css/acme.css': '.card { color: rebeccapurple }',
  'themes/acme/login/resources/css/first.css': 'h1 { color: red }',
  'themes/acme/login/resources/js/acme.js': 'document.title',
  'themes/acme/login/resources/img/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'themes/acme/login/resources/readme.md': 'not served',
  'themes/acme/login/slots/footer.html':
    '<a href="https://acme.test/help">${msg("helpLine")}</a> <img src="${url.resourcesPath}/img/logo.svg" alt="">',
  'themes/acme/login/login.ftl': '<#import "template.ftl" as layout>',
  'themes/acme-spa/login/theme.properties': 'parent=acme\ntoken.accent=#123456\n',
  'themes/acme-spa/login/slots/header.html': '<p id="spa">Single page</p>',
  'themes/bare/login/theme.properties': 'styles=css/all.css\n',
  'themes/bare/login/resources/css/all.css': 'body { margin: 0 }',
}

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer({ files })
  admin = await AdminSession.open(server.url)
})
afterAll(async () => await server[Symbol.asyncDispose]())

async function loginPage(clientId = 'app', query = ''): Promise<string> {
  const realmUrl = server.realmUrl('demo')
  const url = authorizationUrl({ realmUrl, clientId, redirectUri: demoRedirectUri })
  return await (await fetch(`${url}${query}`)).text()
}

const useTheme = async (loginTheme: string) =>
  await admin.send('/admin/realms/demo', { method: 'PUT', body: { loginTheme } })
const sheetsOf = (page: string) =>
  [...page.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, address = '']) => address)
const fileNames = (page: string) => sheetsOf(page).map((address) => address.split('/').at(-1))

it('a realm has the theme that it names: its styles, texts, tokens, logo and slots', async () => {
  const plain = await loginPage()
  expect(fileNames(plain)).toEqual(['forms.css', 'login.css'])
  await useTheme('acme')
  const page = await loginPage()
  expect(fileNames(page)).toEqual(['forms.css', 'login.css', 'holdfast-tokens.css', 'acme.css'])
  expect(page).toContain('Welcome to Acme')
  expect(page).toMatch(/<script src="\/resources\/\w+\/login\/acme\/js\/acme.js" defer>/)
  expect(page).toMatch(/<img id="kc-logo" src="\/resources\/\w+\/login\/acme\/img\/logo.svg"/)
  expect(page).toContain('<a href="https://acme.test/help">Call &lt;us&gt; &amp; ask</a>')
  // What programs and password managers look for stays.
  for (const id of ['kc-form-login', 'username', 'password', 'kc-login', 'kc-page-title']) {
    expect(page).toContain(`id="${id}"`)
  }
  const [, , tokens = '', sheet = ''] = sheetsOf(page)
  const css = await (await fetch(`${server.url}${tokens}`)).text()
  expect(css).toContain('--accent: #0a7d4f;')
  expect(css).toContain('--font: "Acme Sans", sans-serif;')
  expect(css).toMatch(/prefers-color-scheme: dark[^}]*--accent: #7fdcaa;/)
  expect(css).not.toMatch(/elsewhere|colour|body/)
  const sent = await fetch(`${server.url}${sheet}`)
  expect([await sent.text(), sent.headers.get('content-type')]).toEqual([
    files['themes/acme/login/resources/css/acme.css'],
    'text/css;charset=utf-8',
  ])
})

it('a client has a theme of its own, which builds on another; an unknown name is the look of the server', async () => {
  await useTheme('acme')
  const clients = (await admin.send('/admin/realms/demo/clients?clientId=app')).body as {
    id: string
    attributes: Record<string, string>
  }[]
  const [client] = clients
  const put = async (name: string) =>
    await admin.send(`/admin/realms/demo/clients/${client?.id}`, {
      method: 'PUT',
      body: { ...client, attributes: { ...client?.attributes, login_theme: name } },
    })
  await put('acme-spa')
  const page = await loginPage()
  expect(page).toContain('<p id="spa">Single page</p>')
  expect(page).toContain('Welcome to Acme')
  expect(fileNames(page)).toContain('acme.css')
  expect(sheetsOf(page).at(-1)).toContain('/login/acme-spa/')
  await put('')
  await useTheme('bare')
  expect(fileNames(await loginPage())).toEqual(['all.css'])
  for (const name of ['keycloak.v2', 'nope', '../../etc']) {
    await useTheme(name)
    expect(fileNames(await loginPage())).toEqual(['forms.css', 'login.css'])
  }
})

it('only files of themes are sent', async () => {
  await useTheme('acme')
  const [, , , sheet = ''] = sheetsOf(await loginPage())
  const folder = sheet.replace('/css/acme.css', '')
  for (const path of [
    'readme.md',
    '../theme.properties',
    '..%2ftheme.properties',
    'slots/footer.html',
    '',
  ]) {
    const { status } = await fetch(`${server.url}${folder}/${path}`)
    expect(`${path} ${status}`).toBe(`${path} 404`)
  }
  expect(
    (await fetch(`${server.url}${folder.replace('/acme', '/nope')}/css/acme.css`)).status,
  ).toBe(404)
})

it('what of a theme does not act is said at the start, with what to do instead', () => {
  const { log } = server.server
  expect(log).toMatch(/Theme acme: login\.ftl is a FreeMarker template.*slots\/header\.html/)
  expect(log).toContain('Theme acme: token.background holds what no style can hold')
  expect(log).toContain('Theme acme: token.colour is no token')
  expect(log).toContain('Theme acme: styles: there is no resources/css/gone.css')
  expect(log).not.toContain('css/login.css')
})

it('with start-dev a theme is read anew when it changes', async () => {
  await useTheme('acme')
  const before = await loginPage()
  const file = join(server.server.home, 'themes/acme/login/messages/messages_en.properties')
  writeFileSync(file, 'loginAccountTitle=Come in\n')
  utimesSync(file, new Date(), new Date(Date.now() + 5_000))
  await pause(400)
  expect(before).not.toContain('Come in')
  expect(await loginPage()).toContain('Come in')
})

it('every page is there to look at, in every state and theme', async () => {
  const list = await (await fetch(`${server.url}/theme-preview?theme=acme`)).text()
  expect(list).toContain('/theme-preview?theme=acme-spa')
  const pages = [...list.matchAll(/href="(\/theme-preview\/[^"]+)"/g)].map(([, path = '']) => path)
  expect(pages.length).toBeGreaterThan(35)
  for (const path of pages) {
    const answer = await fetch(`${server.url}${path.replaceAll('&amp;', '&')}`)
    const page = await answer.text()
    expect(`${path} ${answer.status}`).toBe(`${path} 200`)
    expect(page).toContain('id="kc-page-title"')
    expect(fileNames(page)).toContain('acme.css')
  }
  expect((await fetch(`${server.url}/theme-preview/nope/usual`)).status).toBe(404)
})

it('the themes are listed for administrators', async () => {
  const { themes } = (await admin.send('/admin/serverinfo')).body as {
    themes: { login: { name: string; locales: string[] }[] }
  }
  expect(themes.login.map(({ name }) => name)).toEqual(['holdfast', 'acme', 'acme-spa', 'bare'])
  expect(themes.login[1]?.locales).toEqual(['en', 'de'])
})
