import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { demoRedirectUri } from '../harness/demo-realm.ts'
import { authorizationUrl } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { MailServer } from '../mail/mail-server.ts'
import { nthMail, smtpOf } from '../mail/mail-world.ts'

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
  'themes/house/email/theme.properties': 'parent=base\nlocales=en,de\n',
  'themes/house/email/messages/messages_en.properties':
    'executeActionsSubject=A word from {0}the house\nfooterLine=House & Home\n',
  'themes/acme/email/theme.properties': [
    'parent=house',
    'token.accent=#0a7d4f',
    'token.font="Acme Sans", sans-serif',
    'token.logo=img/logo.png',
    'token.dark.accent=#ffffff',
    'token.shadow=none',
  ].join('\n'),
  'themes/acme/email/messages/messages_en.properties':
    'executeActionsBodyHtml=<p id="acme"><a href="{0}">Go on</a><script>x</script></p>\n',
  'themes/acme/email/resources/img/logo.png': 'no real picture',
  'themes/acme/email/resources/img/foot.png': 'nor this one',
  'themes/acme/email/slots/footer.html':
    '<hr>${msg("footerLine")} <img src="${url.resourcesUrl}/img/foot.png" alt="">',
  'themes/acme/email/slots/footer.txt': '-- ${msg("footerLine")}',
  'themes/acme/email/html/password-reset.ftl': '<#import "template.ftl" as layout>',
  'themes/acme/account/theme.properties': [
    'parent=keycloak.v3',
    'styles=css/own.css',
    'logo=/img/own.svg',
    'logoUrl=https://acme.test/',
    'title=Acme account',
    'favIcon=/img/own.svg',
    'darkMode=false',
  ].join('\n'),
  'themes/acme/account/resources/css/own.css': '.pf-v5-c-page { color: red }',
  'themes/acme/account/resources/img/own.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'themes/acme/account/messages/messages_en.properties': 'personalInfo=About me\n',
  'themes/acme/admin/theme.properties': 'parent=keycloak.v2\nlogo=https://acme.test/logo.svg\n',
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
  expect(log).toMatch(/Theme acme\/email: html\/password-reset\.ftl is a FreeMarker.*BodyHtml/)
  expect(log).toContain('Theme acme/email: token.dark.accent is no token of mails')
  expect(log).toContain('Theme acme/email: token.shadow is no token of mails')
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
  const pages = [...list.matchAll(/href="(\/theme-preview\/(?!mail\/)[^"]+)"/g)].map(
    ([, path = '']) => path,
  )
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

it('mails have the theme that the realm names: texts, tokens, slots, and pictures that travel along', async () => {
  await using mailServer = await MailServer.start()
  const put = (body: object) => admin.send('/admin/realms/demo', { method: 'PUT', body })
  await put({ emailTheme: 'acme', smtpServer: smtpOf(mailServer) })
  const users = (await admin.send('/admin/realms/demo/users?max=1&exact=true&username=person-0'))
    .body as {
    id: string
  }[]
  const { status } = await admin.send(
    `/admin/realms/demo/users/${users[0]?.id}/execute-actions-email`,
    { method: 'PUT', body: ['UPDATE_PASSWORD'] },
  )
  expect(status).toBe(204)
  const { mail } = await nthMail(mailServer, 1)
  expect(mail.subject).toBe('A word from {0}the house')
  expect(mail.text).toMatch(/\n\n-- House & Home\s*$/)
  const html = String(mail.html)
  expect(html).toContain('<p><a style="color:#0a7d4f;" href="http')
  expect(html).toContain('font-family:&quot;Acme Sans&quot;, sans-serif;')
  expect(html).toContain('<hr>House &amp; Home <img src=')
  expect(html).not.toMatch(/script|cid:/)
  // mailparser puts the pictures that came along in the place of their content ids.
  expect(html.match(/data:image\/png;base64/g)).toHaveLength(2)
  expect(mail.attachments.map(({ filename }) => filename).toSorted()).toEqual([
    'foot.png',
    'logo.png',
  ])
  await put({ emailTheme: '', smtpServer: {} })
})

it('every mail is there to look at, in both parts', async () => {
  const list = await (await fetch(`${server.url}/theme-preview?theme=acme`)).text()
  const paths = [...list.matchAll(/href="(\/theme-preview\/mail\/[^"]+)"/g)].map(([, path = '']) =>
    path.replaceAll('&amp;', '&'),
  )
  expect(paths.length).toBeGreaterThan(25)
  for (const path of paths) {
    const answer = await fetch(`${server.url}${path}`)
    const text = await answer.text()
    expect(`${path} ${answer.status}`).toBe(`${path} 200`)
    expect(text).toContain(path.includes('part=text') ? '-- House & Home' : 'House &amp; Home')
    expect(text).not.toMatch(/cid:|\b(?:Subject|Body|BodyHtml)\b/)
  }
  const german = await fetch(`${server.url}/theme-preview/mail/verify-email?kc_locale=de`)
  expect(await german.text()).toMatch(/<html lang="de" dir="ltr">/)
  expect((await fetch(`${server.url}/theme-preview/mail/nope`)).status).toBe(404)
})

it('the consoles have the themes that the realm names', async () => {
  await admin.send('/admin/realms/demo', {
    method: 'PUT',
    body: { accountTheme: 'acme', adminTheme: 'acme' },
  })
  const answer = await fetch(`${server.url}/realms/demo/account/`)
  expect(answer.status).toBe(200)
  const page = await answer.text()
  expect(page).toContain('<title>Acme account</title>')
  expect(page).toContain('"logo":"/img/own.svg","logoUrl":"https://acme.test/","darkMode":false')
  const [sheet = ''] = sheetsOf(page).filter((address) => address.endsWith('/css/own.css'))
  const resources = sheet.replace('/css/own.css', '')
  for (const path of ['/css/own.css', '/img/own.svg', sheetsOf(page)[0]?.replace(resources, '')]) {
    expect((await fetch(`${server.url}${resources}${path}`)).status).toBe(200)
  }
  expect((await fetch(`${server.url}${resources}/theme.properties`)).status).toBe(404)
  const texts = (await (
    await fetch(`${server.url}/resources/demo/account/en?source=true`)
  ).json()) as object[]
  expect(texts).toContainEqual({ key: 'personalInfo', value: 'About me', source: 'THEME' })
  const console = await (await fetch(`${server.url}/admin/demo/console/`)).text()
  expect(console).toContain('"logo":"https://acme.test/logo.svg"')
})

it('the themes are listed for administrators', async () => {
  const { themes } = (await admin.send('/admin/serverinfo')).body as {
    themes: Record<'account' | 'admin' | 'email' | 'login', { name: string; locales: string[] }[]>
  }
  // Keycloak's names count as the server's own look.
  const named = (kind: keyof typeof themes) =>
    themes[kind].map(({ name }) => name).filter((name) => !name.startsWith('keycloak'))
  expect(named('login')).toEqual(['holdfast', 'acme', 'acme-spa', 'bare'])
  expect(themes.login.find(({ name }) => name === 'acme')?.locales).toEqual(['en', 'de'])
  expect(named('email')).toEqual(['holdfast', 'acme', 'house'])
  expect(named('account')).toEqual(['holdfast', 'acme'])
  expect(named('admin')).toEqual(['holdfast', 'acme'])
  expect(themes.login.map(({ name }) => name)).toContain('keycloak')
  const adminTheme = themes.admin.find(({ name }) => name === 'acme')
  for (const { locales } of [themes.login[0], themes.account[0], adminTheme].flatMap(
    (one) => one ?? [],
  )) {
    expect(locales).toEqual(expect.arrayContaining(['ar', 'de', 'en', 'pt-BR', 'zh-CN', 'zh-TW']))
  }
})
