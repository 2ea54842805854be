import type { AdapterCredential } from '../../../domains/clients/adapter-credentials.ts'

const deployment = 'WAR MODULE NAME.war'

/** What an application server is told of a client, in the order in which Keycloak writes it. */
export interface Deployment {
  /** Name and value; texts are escaped here. */
  readonly settings: readonly (readonly [name: string, value: string | boolean])[]
  readonly credentials: Readonly<Record<string, AdapterCredential>>
  readonly usesRoles: boolean
}

/** The client as XML for `standalone.xml` (`keycloak-oidc-jboss-subsystem`). */
export function subsystemXml({ settings, credentials, usesRoles }: Deployment): string {
  const element = (name: string, value: unknown, indent: string) =>
    `${indent}<${name}>${escapedXml(String(value))}</${name}>\n`
  const shown = settings.map(([name, value]) => element(name, value, '    '))
  const proofs = Object.entries(credentials).map(([name, value]) => {
    if (typeof value === 'string') {
      return `    <credential name="${name}">${escapedXml(value)}</credential>\n`
    }
    const members = Object.entries(value).map(([key, one]) => element(key, one, '        '))
    return `    <credential name="${name}">\n${members.join('')}    </credential>\n`
  })
  const roles = usesRoles ? element('use-resource-role-mappings', true, '    ') : ''
  return `<secure-deployment name="${deployment}">\n${shown.join('')}${proofs.join('')}${roles}</secure-deployment>\n`
}

/** The same as commands for `jboss-cli` (`keycloak-oidc-jboss-subsystem-cli`). */
export function subsystemCommands({ settings, credentials, usesRoles }: Deployment): string {
  const values = new Map(settings)
  const flags = ['bearer-only', 'public-client', 'verify-token-audience'].filter((name) =>
    values.has(name),
  )
  const given = [
    `realm=${quoted(String(values.get('realm')))}`,
    `resource=${quoted(String(values.get('resource')))}`,
    `auth-server-url=${String(values.get('auth-server-url'))}`,
    ...flags.map((name) => `${name}=true`),
    ...(usesRoles ? ['use-resource-role-mappings=true'] : []),
    `ssl-required=${String(values.get('ssl-required'))}`,
  ]
  const place = `/subsystem=keycloak/secure-deployment="${deployment}"/`
  const proofs = Object.entries(credentials).map(([name, value]) => {
    const text =
      typeof value === 'string'
        ? plain(value)
        : `{${Object.entries(value)
            .map(([key, one]) => `${key}=${plain(String(one))}`)
            .join(', ')}}`
    return `${place}credential=${name}:add(value=${text})\n`
  })
  return `${place}:add( \\\n    ${given.join(', \\\n    ')})\n\n${proofs.join('')}`
}

function escapedXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
  return text.replace(/[&<>]/g, (character) => entities[character] ?? '')
}

/** As Keycloak where nothing in it means something to the command line. */
function plain(text: string): string {
  return /^[\w .:/+-]*$/.test(text) ? text : quoted(text)
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
