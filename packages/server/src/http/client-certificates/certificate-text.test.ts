import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { readCertificate, readCertificates } from './certificate-text.ts'

function selfSigned(name: string): X509Certificate {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const files = ['-keyout', '/dev/null', '-subj', `/CN=${name}`]
  const options = { stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'] }
  return new X509Certificate(execFileSync('openssl', ['req', '-x509', ...key, ...files], options))
}

const [one, two] = [selfSigned('One'), selfSigned('Two')]
const base64 = (...parts: readonly Uint8Array[]) => Buffer.concat(parts).toString('base64')
const subjects = (text: string) => readCertificates(text).map(({ subject }) => subject)

test.each([
  ['PEM blocks', `${one}${two}`],
  ['PEM blocks on one line', `${one}${two}`.replaceAll('\n', ' ')],
  ['DER behind DER', base64(one.raw, two.raw)],
  ['DER in quotes', `"${base64(one.raw, two.raw)}"`],
])('reads a row of certificates: %s', (_form, text) => {
  expect(subjects(text)).toEqual(['CN=One', 'CN=Two'])
})

test.each([
  ['something behind it that is none', base64(one.raw, Buffer.from([0x30, 1, 0]))],
  ['the second cut off', base64(one.raw, two.raw.subarray(0, -1))],
  ['PEM inside of base64', base64(Buffer.from(`${one}`))],
  ['something else', 'not a certificate'],
  ['nothing', ''],
])('reads none where there is %s', (_what, text) => {
  expect(readCertificates(text)).toEqual([])
  expect(readCertificate(text)).toBeUndefined()
})
