import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { Realms } from '../../../domains/realms/realms.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { PublishedDocuments } from './published-documents.ts'
import { PublishedRealms } from './published-realms.ts'

const known = {
  id: 'r',
  name: 'known',
  settings: { attributes: {} },
  clientScopes: [],
} as unknown as Realm
const keys = { ring: () => ({ publicJwks: [{ kid: 'k' }] }) } as unknown as OidcDeps['keys']
const place = () => 'https://id.example'
const urls = { frontend: place, backend: place, admin: place } as unknown as OidcDeps['urls']

let server: Server | undefined
afterEach(() => server?.close())

/** Serves the documents; where they do not answer, the answer is `left to the router`. */
async function serve(): Promise<(path: string, init?: RequestInit) => Promise<string>> {
  const published = new PublishedRealms({
    realms: {
      knownByName: (name: string) => (name === 'known' ? known : undefined),
    } as unknown as Realms,
  })
  const documents = new PublishedDocuments({
    urls,
    keys,
    published,
    capabilities: {
      grantTypes: [],
      responseModes: [],
      clientAuthenticationMethods: [],
      clientAuthenticationAlgorithms: [],
      mutualTls: false,
      uma: true,
      metadataDocuments: false,
      endpoints: {},
    },
    relativePath: '',
  })
  const listening = createServer((request, response) => {
    if (documents.answer(request, response) === undefined) response.end('left to the router')
  })
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const { port } = listening.address() as AddressInfo
  return async (path, init) => await (await fetch(`http://127.0.0.1:${port}${path}`, init)).text()
}

test('documents of a known realm are answered', async () => {
  const read = await serve()
  expect(await read('/realms/known/protocol/openid-connect/certs')).toBe('{"keys":[{"kid":"k"}]}')
  expect(JSON.parse(await read('/realms/known/.well-known/openid-configuration'))).toMatchObject({
    issuer: 'https://id.example/realms/known',
  })
})

test('another realm, another path and another method are left to the router', async () => {
  const read = await serve()
  const certs = '/realms/known/protocol/openid-connect/certs'
  expect(await read('/realms/other/protocol/openid-connect/certs')).toBe('left to the router')
  expect(await read('/realms/known')).toBe('left to the router')
  expect(await read(certs, { method: 'OPTIONS' })).toBe('left to the router')
  expect(await read(certs, { method: 'POST' })).toBe('left to the router')
})
