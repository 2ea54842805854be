import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../shared/clock.ts'
import type { CertificateLookupSettings } from './certificate-lookup.ts'
import { ClientCertificates } from './client-certificates.ts'

const home = mkdtempSync(join(tmpdir(), 'certificates-'))
afterAll(() => rmSync(home, { recursive: true }))

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: home, stdio: 'ignore' })
}

const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
openssl('req', '-x509', ...key, '-subj', '/CN=Authority', '-keyout', 'ca.key', '-out', 'ca.pem')
const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key']
openssl(
  'req',
  '-x509',
  ...key,
  '-subj',
  '/CN=App',
  '-keyout',
  'app.key',
  '-out',
  'app.pem',
  ...authority,
)
openssl('req', '-x509', ...key, '-subj', '/CN=App', '-keyout', 'own.key', '-out', 'own.pem')
const read = (name: string) => readFileSync(join(home, name), 'utf8').trim()
const [app, ca, own] = [read('app.pem'), read('ca.pem'), read('own.pem')]
const base64 = (pem: string) => new X509Certificate(pem).raw.toString('base64')
const oneLine = (pem: string) => pem.replaceAll('\n', ' ')

const settings: CertificateLookupSettings = {
  provider: 'apache',
  clientHeader: 'ssl-client-cert',
  chainHeader: undefined,
  chainPrefix: 'cert_chain',
  chainLength: 1,
  trustProxyVerification: false,
  urlEncoded: true,
  trustStore: { file: join(home, 'ca.pem'), password: undefined },
}

type Headers = Readonly<Record<string, string | readonly string[]>>

async function shown(
  change: Partial<CertificateLookupSettings>,
  headers: Headers,
  trustedAddresses: readonly string[] | undefined = ['10.0.0.0/8'],
) {
  const certificates = await ClientCertificates.open({
    settings: { ...settings, ...change },
    proxy: { headers: undefined, trustedAddresses },
    asked: false,
    clock: systemClock,
  })
  const headersDistinct = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat()]),
  )
  const raw = { headersDistinct, socket: { remoteAddress: '10.1.2.3' } }
  return certificates.of({ raw: raw as unknown as IncomingMessage })
}

const chained = { chainHeader: 'chain', chainPrefix: undefined }

test.each<[string, Partial<CertificateLookupSettings>, Headers]>([
  ['apache', {}, { 'ssl-client-cert': oneLine(app), cert_chain_0: oneLine(ca) }],
  ['haproxy', {}, { 'ssl-client-cert': base64(app), cert_chain_0: base64(ca) }],
  ['haproxy', chained, { 'ssl-client-cert': base64(app), chain: base64(ca) }],
  ['nginx', {}, { 'ssl-client-cert': encodeURIComponent(app) }],
  ['nginx', { urlEncoded: false }, { 'ssl-client-cert': oneLine(app) }],
  [
    'nginx',
    { trustProxyVerification: true },
    {
      'ssl-client-cert': encodeURIComponent(app),
      'ssl-client-verify': 'SUCCESS',
      cert_chain_0: encodeURIComponent(ca),
    },
  ],
  [
    'envoy',
    {},
    {
      'x-forwarded-client-cert': `By=x;Subject="CN=App,O=\\"x;y\\"";Chain="${encodeURIComponent(`${app}\n${ca}`)}"`,
    },
  ],
  ['traefik', {}, { 'x-forwarded-tls-client-cert': `${base64(app)},${base64(ca)}` }],
  [
    'rfc9440',
    { clientHeader: 'client-cert', chainHeader: 'client-cert-chain' },
    { 'client-cert': `:${base64(app)}:`, 'client-cert-chain': `:${base64(ca)}:` },
  ],
])('%s passes on the certificate and the one above it', async (provider, change, headers) => {
  const found = await shown({ provider, ...change } as Partial<CertificateLookupSettings>, headers)
  expect(found?.certificate.subject).toBe('CN=App')
  expect(found?.issuers.map(({ subject }) => subject)).toEqual(['CN=Authority'])
  expect(found?.trusted).toBe(true)
  expect(found?.thumbprint).toMatch(/^[\w-]{43}$/)
})

test.each<[string, Partial<CertificateLookupSettings>, Headers]>([
  ['no header', {}, {}],
  ['a header that comes twice', {}, { 'ssl-client-cert': [oneLine(app), oneLine(own)] }],
  ['what is no certificate', {}, { 'ssl-client-cert': 'AAAA' }],
  ['something behind the certificate', {}, { 'ssl-client-cert': `${base64(app)}AAAA` }],
  ['no header by any name', { clientHeader: '' }, { '': base64(app) }],
  [
    'a proxy that has not verified it',
    { provider: 'nginx', trustProxyVerification: true },
    { 'ssl-client-cert': encodeURIComponent(app), 'ssl-client-verify': 'FAILED:self-signed' },
  ],
  [
    'elements of several hops',
    { provider: 'envoy' },
    {
      'x-forwarded-client-cert': `Cert="${encodeURIComponent(app)}",Cert="${encodeURIComponent(own)}"`,
    },
  ],
  ['no byte sequence', { provider: 'rfc9440' }, { 'ssl-client-cert': base64(app) }],
])('nobody is shown for %s', async (_name, change, headers) => {
  expect(await shown(change, headers)).toBeUndefined()
})

test('a header of a peer that is no trusted proxy is not believed', async () => {
  const headers = { 'ssl-client-cert': oneLine(app) }
  expect(await shown({}, headers, ['192.0.2.1'])).toBeUndefined()
  expect(await shown({}, headers, undefined)).toBeDefined()
})

test('behind nginx a chain that does not end in the trust store is not trusted', async () => {
  const nginx = { provider: 'nginx' } as const
  const selfSigned = await shown(nginx, { 'ssl-client-cert': encodeURIComponent(own) })
  expect(selfSigned).toMatchObject({ trusted: false, issuers: [] })
  const nowhere = { ...nginx, trustStore: undefined }
  const signed = await shown(nowhere, { 'ssl-client-cert': encodeURIComponent(app) })
  expect(signed?.trusted).toBe(false)
})

test('a trust store without a certificate stops the start', async () => {
  const empty = join(home, 'empty.pem')
  writeFileSync(empty, 'nothing')
  await expect(
    shown({ provider: 'nginx', trustStore: { file: empty, password: undefined } }, {}),
  ).rejects.toThrow(`Failed to load 'https-trust-store-file': ${empty}: it is no PKCS#12 store`)
})

test.each([
  [
    'app',
    { certificate: { subject: 'CN=App' }, issuers: [{ subject: 'CN=Authority' }], trusted: true },
  ],
  ['own', { certificate: { subject: 'CN=App' }, issuers: [], trusted: false }],
  [undefined, undefined],
])('a TLS connection tells what was shown: %s', async (name, expected) => {
  const direct = { ...settings, provider: 'direct' } as const
  const proxy = { headers: undefined, trustedAddresses: undefined }
  const deps = { settings: direct, proxy, asked: true, clock: systemClock }
  const certificates = await ClientCertificates.open(deps)
  const tls = { cert: own, key: read('own.key'), ca, requestCert: true, rejectUnauthorized: false }
  await using server = createServer(tls, (raw, response) => {
    expect(certificates.of({ raw })).toBe(certificates.of({ raw }))
    expect(certificates.of({ raw })).toEqual(
      expected &&
        expect.objectContaining({
          certificate: expect.objectContaining(expected.certificate),
          issuers: expected.issuers.map((issuer) => expect.objectContaining(issuer)),
          trusted: expected.trusted,
        }),
    )
    response.end('seen')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const shows = name === undefined ? {} : { cert: read(`${name}.pem`), key: read(`${name}.key`) }
  const headers = { 'ssl-client-cert': oneLine(app) }
  const options = { port, ...shows, headers, rejectUnauthorized: false, agent: false }
  const body = await new Promise((resolve, reject) => {
    const outgoing = request(options, (answer) => {
      answer.setEncoding('utf8').on('data', resolve)
    })
    outgoing.on('error', reject).end()
  })
  expect(body).toBe('seen')
})
