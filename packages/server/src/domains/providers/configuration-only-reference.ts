import { idleSettings } from './idle-settings.ts'
import type { ProviderKind, Providers } from './providers.ts'

const titles: Readonly<Record<ProviderKind, string>> = {
  authenticator: 'Authenticators and conditions',
  'client-authenticator': 'Client authenticators',
  'client-policy-condition': 'Conditions of client policies',
  'client-policy-executor': 'Executors of client policies',
  'form-action': 'Form actions',
  'form-authenticator': 'Forms',
  identity_provider: 'Identity providers',
  'identity-provider-mapper': 'Mappers of identity providers',
  keys: 'Keys',
  'protocol-mapper': 'Protocol mappers',
  'required-action': 'Required actions',
  social: 'Social identity providers',
  storage: 'Storage of users',
  validator: 'Validators of the user profile',
  workflow: 'Workflows',
  'workflow-step': 'Steps of workflows',
}

/** @returns the page on what realms may hold and nothing here acts on, in Markdown */
export function configurationOnlyReference(providers: Providers): string {
  const idle = providers.configurationOnly()
  const sections = Object.entries(titles).flatMap(([kind, title]) => {
    const ofKind = idle.filter((one) => one.kind === kind)
    if (ofKind.length === 0) return []
    const rows = ofKind.map(({ provider: { id, name } }) => `| \`${id}\` | ${name} |`)
    return [`## ${title}`, '', '| id | name |', '| --- | --- |', ...rows, '']
  })
  return [
    '# Configuration only',
    '',
    'Written by `npm run docs`; do not edit. Realms may name what stands here: it is validated, stored, listed and',
    'exported as with Keycloak, and nothing acts on it yet. A login or a request that would need it is refused, with a',
    'line in the log.',
    '',
    ...sections,
    '## Settings of clients and realms',
    '',
    '| of | name | instead |',
    '| --- | --- | --- |',
    ...idleSettings.map(({ of, name, instead }) => `| ${of} | \`${name}\` | ${instead} |`),
    '',
  ].join('\n')
}
