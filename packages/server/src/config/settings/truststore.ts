import type { SettingArea } from './setting.ts'

/** Truststore: every option of Keycloak 26 on this subject, and what of it acts here. */
export const truststoreSettings: SettingArea = {
  title: 'Truststore',
  settings: [
    {
      name: 'tls-hostname-verifier',
      type: 'choice',
      argument: 'tls-hostname-verifier',
      default: 'DEFAULT',
      allowed: ['ANY', 'WILDCARD', 'STRICT', 'DEFAULT'],
      description:
        'Whether a server that is connected to has to be named by its certificate: `ANY` = no; the others are the same.',
    },
    {
      name: 'truststore-kubernetes-enabled',
      type: 'boolean',
      argument: 'truststore-kubernetes-enabled',
      default: 'true',
      description: 'Whether the authorities that Kubernetes puts into a container are trusted.',
    },
    {
      name: 'truststore-paths',
      type: 'list',
      argument: 'truststore-paths',
      description:
        'PEM or PKCS#12 files, or folders of such, whose certificates are trusted beside the usual ones where this server opens connections: HTTPS, mail, the database. So are those in `conf/truststores`.',
    },
  ],
}
