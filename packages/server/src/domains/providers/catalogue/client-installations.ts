/** A file by which an application is told how it is registered. */
export interface ClientInstallation {
  readonly id: string
  readonly protocol: string
  readonly downloadOnly: boolean
  readonly displayType: string
  readonly filename: string
  readonly mediaType: string
}

type Row = readonly [id: string, displayType: string, filename: string, mediaType: string]

const xml = 'application/xml'
const plain = 'text/plain'
const zip = 'application/zip'

function installations(protocol: string, rows: readonly Row[]): ClientInstallation[] {
  return rows.map(([id, displayType, filename, mediaType]) => ({
    id,
    protocol,
    downloadOnly: mediaType === zip,
    displayType,
    filename,
    mediaType,
  }))
}

/** By protocol, those of Keycloak 26.7. */
export const clientInstallations: Readonly<Record<string, readonly ClientInstallation[]>> = {
  'openid-connect': installations('openid-connect', [
    [
      'keycloak-oidc-jboss-subsystem',
      'Keycloak OIDC JBoss Subsystem XML',
      'keycloak-oidc-subsystem.xml',
      xml,
    ],
    [
      'keycloak-oidc-jboss-subsystem-cli',
      'Keycloak OIDC JBoss Subsystem CLI',
      'keycloak-oidc-subsystem.cli',
      plain,
    ],
    ['keycloak-oidc-keycloak-json', 'Keycloak OIDC JSON', 'keycloak.json', 'application/json'],
  ]),
  saml: installations('saml', [
    ['keycloak-saml', 'Keycloak SAML Adapter keycloak-saml.xml', 'keycloak-saml.xml', xml],
    [
      'keycloak-saml-subsystem',
      'Keycloak SAML JBoss Subsystem XML',
      'keycloak-saml-subsystem.xml',
      xml,
    ],
    [
      'keycloak-saml-subsystem-cli',
      'Keycloak SAML JBoss Subsystem CLI',
      'keycloak-saml-subsystem.cli',
      plain,
    ],
    ['mod-auth-mellon', 'Mod Auth Mellon files', 'keycloak-mod-auth-mellon-sp-config.zip', zip],
    ['saml-sp-descriptor', 'SAML Metadata SPSSODescriptor', 'saml-sp-metadata.xml', xml],
  ]),
  'docker-v2': installations('docker-v2', [
    ['docker-v2-compose-yaml', 'Docker Compose YAML', 'keycloak-docker-compose-yaml.zip', zip],
    ['docker-v2-registry-config-file', 'Registry Config File', 'config.yml', plain],
    ['docker-v2-variable-override', 'Variable Override', 'docker-env.txt', plain],
  ]),
}
