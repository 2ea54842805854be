import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** With texts and what the first page loads by itself below 850 kB. */
const firstLoadBytesMax = 700_000

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => await server?.[Symbol.asyncDispose]())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { redirect: 'manual', headers })

/** Bytes of the body as they come over the wire, compressed. */
function transferredBytes(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': 'gzip' }
    request(server.url + path, { headers }, (answer) => {
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      answer.on('end', () => resolve(bytes))
    })
      .on('error', reject)
      .end()
  })
}

describe("the admin console's page", () => {
  it('is led to from /admin and from paths without a slash', async () => {
    for (const path of ['/admin', '/admin/', '/admin/master/console']) {
      const answer = await get(path)
      expect(answer.status, path).toBe(302)
      expect(answer.headers.get('location')).toBe(`${server.url}/admin/master/console/`)
    }
  })

  it('names realm, client and addresses, and allows no inline script', async () => {
    const answer = await get('/admin/acme/console/')
    expect(answer.status).toBe(200)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    const page = await answer.text()
    const environment = JSON.parse(/id="environment"[^>]*>(.*?)<\/script>/.exec(page)?.[1] ?? '{}')
    expect(environment).toMatchObject({
      realm: 'acme',
      masterRealm: 'master',
      clientId: 'security-admin-console',
      serverBaseUrl: server.url,
      adminBaseUrl: server.url,
      consoleBaseUrl: '/admin/acme/console/',
    })
  })

  it('is not there for a realm that is not', async () => {
    expect((await get('/admin/nowhere/console/')).status).toBe(404)
  })

  it('loads at most 850 kB compressed, from addresses that browsers may keep for ever', async () => {
    const page = await (await get('/admin/master/console/')).text()
    const addresses = [...page.matchAll(/(?:href|src)="(\/resources\/[^"]+\.(?:js|css))"/g)]
    expect(addresses.length).toBeGreaterThan(1)
    let bytes = 0
    for (const [, path = ''] of addresses) {
      const answer = await get(path, { 'accept-encoding': 'gzip' })
      expect(answer.status, path).toBe(200)
      expect(answer.headers.get('cache-control')).toContain('immutable')
      const { length } = await answer.text()
      if (length > 1024) expect(answer.headers.get('content-encoding'), path).toBe('gzip')
      bytes += await transferredBytes(path)
    }
    bytes += await transferredBytes('/resources/master/admin/en')
    expect(bytes).toBeLessThan(firstLoadBytesMax)
  })

  it('serves no file but those that were built', async () => {
    const page = await (await get('/admin/master/console/')).text()
    const folder = /<base href="([^"]+)"/.exec(page)?.[1] ?? ''
    for (const name of ['manifest.json', '../package.json', '%2e%2e/package.json', 'nope.js']) {
      expect((await get(folder + name)).status, name).toBe(404)
    }
    expect((await get(folder.replace('/holdfast/', '/other/'))).status).toBe(404)
    expect((await get(`${folder}logo.svg`)).headers.get('content-type')).toContain('image/svg+xml')
  })
})

describe('texts of consoles', () => {
  const texts = async (path: string) => {
    const answer = await get(path)
    expect(answer.status, path).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    const list: { key: string; value: string; source?: string }[] = await answer.json()
    return new Map(list.map((text) => [text.key, text]))
  }

  it('come in the language asked for, and in English where it has none', async () => {
    const german = await texts('/resources/master/admin/de')
    expect(german.get('clients')?.value).toBe('Clients')
    expect(german.get('save')?.value).toBe('Speichern')
    const unknown = await texts('/resources/master/admin/xx')
    expect(unknown.get('save')?.value).toBe('Save')
    expect((await texts('/resources/master/account/pt-BR')).get('doSave')?.value).toBeTruthy()
  })

  it('name this server, and tell their source when asked', async () => {
    const english = await texts('/resources/master/admin/en?source=true')
    expect(english.get('serviceAccountHelp')?.value).toContain('Holdfast')
    expect(english.get('save')).toEqual({ key: 'save', value: 'Save', source: 'THEME' })
  })

  it('are those of known realms and kinds only', async () => {
    expect((await get('/resources/nowhere/admin/en')).status).toBe(404)
    expect((await get('/resources/master/secrets/en')).status).toBe(404)
    expect((await texts('/resources/master/admin/..%2f..%2f..%2fpackage')).size).toBeGreaterThan(0)
  })
})
