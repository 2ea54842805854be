import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterAll, expect, it } from 'vitest'
import { attestationChoice } from './attestation-choice.ts'
import { loadConfiguration } from './sources.ts'

const home = mkdtempSync(join(tmpdir(), 'holdfast-attestation-'))
afterAll(() => rmSync(home, { recursive: true }))
const [first = '', second = ''] = rootCertificates
writeFileSync(join(home, 'makers.pem'), first)
writeFileSync(join(home, 'peers.pem'), second)
writeFileSync(join(home, 'blob.jwt'), 'a.b.c')

const chosen = (...options: string[]) =>
  attestationChoice(
    loadConfiguration(['start-dev', ...options], { KC_HOME_DIR: home }).values,
    home,
  )

it('makers of authenticators are those that are named, or else those of the trust store', () => {
  expect(chosen()).toEqual({ roots: null, metadata: null })
  const peers = '--truststore-paths=peers.pem'
  expect(chosen(peers).roots?.map((pem) => pem.trim())).toEqual([second.trim()])
  const both = chosen(peers, '--webauthn-attestation-roots=makers.pem')
  expect(both.roots?.map((pem) => pem.trim())).toEqual([first.trim()])
})

it('metadata are read from a file, and files that are not there stop the start', () => {
  expect(chosen('--webauthn-metadata-file=blob.jwt').metadata).toBe('a.b.c')
  expect(() => chosen('--webauthn-metadata-file=none.jwt')).toThrow('--webauthn-metadata-file')
  expect(() => chosen('--webauthn-attestation-roots=none.pem')).toThrow(
    "'--webauthn-attestation-roots': ",
  )
})
