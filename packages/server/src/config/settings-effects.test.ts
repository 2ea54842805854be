import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { clusterSettings } from '../clustering/cluster-settings.ts'
import { AttestationTrust } from '../domains/credentials/webauthn/attestation-trust.ts'
import { cacheTemplate } from '../remote-stores/hot-rod/cache-template.ts'
import { systemClock } from '../shared/clock.ts'
import { attestationChoice } from './attestation-choice.ts'
import { remoteStoreSettings } from './remote-store-choice.ts'
import { serverSettings } from './server-settings.ts'
import { loadConfiguration } from './sources.ts'

const home = mkdtempSync(join(tmpdir(), 'holdfast-settings-'))
mkdirSync(join(home, 'conf'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const valuesOf = (...options: string[]) =>
  loadConfiguration(['start', '--db-url=postgres://db/x', ...options], { KC_HOME_DIR: home }).values

/** What options change where no server has to run to see it. */
describe('settings', () => {
  it('of a cache file that changes defaults are meant where cache-config-mutate says so', async () => {
    const caches = '<local-cache name="realms"><memory max-count="77"/></local-cache>'
    const file = `<infinispan><cache-container name="keycloak">${caches}</cache-container></infinispan>`
    writeFileSync(join(home, 'conf', 'caches.xml'), file)
    const warnings = async (...options: string[]) => {
      const values = valuesOf('--cache-config-file=caches.xml', ...options)
      return (await clusterSettings(values, home)).warnings.join()
    }
    expect(await warnings()).toContain('changes the default cache "realms"')
    expect(await warnings('--cache-config-mutate=true')).not.toContain('changes the default cache')
  })

  it('of sites make caches of the remote store send to them', () => {
    const values = valuesOf('--cache-remote-host=store', '--cache-remote-backup-sites=b,c')
    const settings = remoteStoreSettings(values, new Set(['MULTI_SITE']), {})
    const template = cacheTemplate('actionTokens', settings?.backupSites ?? [])
    expect(template.match(/<backup site="[^"]*"/g)).toEqual([
      '<backup site="b"',
      '<backup site="c"',
    ])
  })

  it('of metadata of authenticators have nobody believed whom they do not name', async () => {
    const file = join(home, 'blob.jwt')
    writeFileSync(file, 'nobody.signed.this')
    const attested = { format: 'packed', aaguid: 'x', chain: [Buffer.from('a certificate')] }
    const trust = (...options: string[]) =>
      new AttestationTrust(attestationChoice(valuesOf(...options), home), systemClock)
    await expect(trust().require(attested)).resolves.toBeUndefined()
    await expect(trust(`--webauthn-metadata-file=${file}`).require(attested)).rejects.toThrow()
  })

  it('of kinds that only Java reads stop the start', () => {
    for (const [name, ...others] of [
      ['https-trust-store-type', '--https-key-store-file=x.p12', '--https-key-store-password=in'],
      ['https-management-trust-store-type', '--https-management-key-store-file=x.p12'],
      ['db-mtls-key-store-type', '--db-tls-mode=verify-server'],
    ]) {
      const args = ['start', '--db-url=postgres://db/x', ...others, `--${name}=JKS`]
      const start = () => serverSettings(loadConfiguration(args, { KC_HOME_DIR: home }))
      expect(start, name).toThrow('keytool -importkeystore')
    }
  })
})
