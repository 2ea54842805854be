import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KeyStoreRefused, ownCredentials } from './own-credentials.ts'

describe('key and trust stores of the operator', () => {
  let directory: string
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' })
  const file = (name: string, password?: string) => ({
    path: name,
    content: readFileSync(join(directory, name)),
    password,
  })

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'stores-'))
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
      '-subj',
      '/CN=nodes',
      '-days',
      '30',
    )
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      'key.pem',
      '-in',
      'cert.pem',
      '-out',
      'key.p12',
      '-passout',
      'pass:geheim',
    )
    openssl(
      'pkcs12',
      '-export',
      '-nokeys',
      '-in',
      'cert.pem',
      '-out',
      'trust.p12',
      '-passout',
      'pass:geheim',
    )
  })

  afterAll(() => rmSync(directory, { recursive: true }))

  test('are read from PKCS#12 and from PEM alike', () => {
    const fromP12 = ownCredentials(file('key.p12', 'geheim'), file('trust.p12', 'geheim'))
    const body = (pem: string | undefined) => pem?.replace(/-----[^-]+-----|\s/g, '')
    expect(fromP12.ca.map(body)).toEqual([body(file('cert.pem').content.toString())])
    const both = join(directory, 'both.pem')
    execFileSync('sh', ['-c', `cat key.pem cert.pem > ${both}`], { cwd: directory })
    const fromPem = ownCredentials(file('both.pem'), file('cert.pem'))
    expect(body(fromPem.cert)).toBe(body(fromP12.ca[0]))
    expect(fromPem.namesNodes).toBe(false)
  })

  test('are refused by name with a wrong password, without content, or when they are something else', () => {
    const good = file('key.p12', 'geheim')
    expect(() => ownCredentials(good, file('trust.p12', 'falsch'))).toThrow(
      /^trust\.p12 cannot be opened: .*password/,
    )
    expect(() => ownCredentials(file('key.p12', 'falsch'), file('cert.pem'))).toThrow(
      /^key\.p12 cannot be opened/,
    )
    expect(() => ownCredentials(file('cert.pem'), file('cert.pem'))).toThrow('needs a private key')
    expect(() => ownCredentials(good, { ...good, content: Buffer.from('hello') })).toThrow(
      KeyStoreRefused,
    )
  })

  test('a trust store that keytool made is read', { timeout: 60_000 }, () => {
    try {
      execFileSync(
        'keytool',
        [
          '-importcert',
          '-noprompt',
          '-alias',
          'nodes',
          '-file',
          'cert.pem',
          '-keystore',
          'java.p12',
          '-storetype',
          'PKCS12',
          '-storepass',
          'geheim1',
        ],
        { cwd: directory, stdio: 'pipe' },
      )
    } catch {
      return // No Java on this machine.
    }
    expect(ownCredentials(file('key.p12', 'geheim'), file('java.p12', 'geheim1')).ca).toHaveLength(
      1,
    )
  })
})
