import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { AuthenticatorModels } from './authenticator-models.ts'

const own = join(import.meta.dirname, '../../../../resources/webauthn')
const conf = mkdtempSync(join(tmpdir(), 'holdfast-models-'))
afterAll(() => rmSync(conf, { recursive: true }))
const ledger = 'fcb1bcb4-f370-078c-6993-bc24d0ae3fbe'

it('models that come with the server have names, whatever the case', () => {
  const models = new AuthenticatorModels(own, join(conf, 'none'))
  expect(models.byAaguid(ledger.toUpperCase())).toEqual({
    name: 'Ledger Nano X FIDO2 Authenticator',
  })
  for (const unknown of ['', '00000000-0000-0000-0000-000000000000', 'constructor']) {
    expect(models.byAaguid(unknown)).toBeUndefined()
  }
})

it('a file of the operator takes their place, with pictures', () => {
  const house = { name: 'House key', icon_light: 'house.png', icon_dark: null }
  writeFileSync(join(conf, 'keycloak-webauthn-metadata.json'), JSON.stringify({ 'AB-1': house }))
  const models = new AuthenticatorModels(own, conf)
  expect(models.byAaguid('ab-1')).toEqual({ name: 'House key', iconLight: 'house.png' })
  expect(models.byAaguid(ledger)).toBeUndefined()
})
