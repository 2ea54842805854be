import type { SettingArea } from './setting.ts'

/** Database: every option of Keycloak 26 on this subject, and what of it acts here. */
export const databaseSettings: SettingArea = {
  title: 'Database',
  settings: [
    {
      name: 'db',
      type: 'choice',
      argument: 'vendor',
      default: 'dev-file',
      allowed: ['dev-file', 'dev-mem', 'mariadb', 'mssql', 'mysql', 'oracle', 'postgres', 'tidb'],
      description:
        '`dev-file` and `dev-mem` mean the embedded PostgreSQL; `postgres` an outside one. No other vendor is supported.',
    },
    {
      name: 'db-connect-timeout',
      type: 'duration',
      argument: 'timeout',
      default: '3s',
      description: 'How long one attempt to connect may take.',
    },
    {
      name: 'db-debug-jpql',
      type: 'boolean',
      default: 'false',
      cannot: 'statements are SQL from the beginning',
      description: 'Adds the queries of JPA to statements, as comments.',
    },
    {
      name: 'db-driver',
      type: 'text',
      argument: 'driver',
      cannot: 'the driver of PostgreSQL is built in, and no driver of Java can be loaded',
      description: 'Class of the JDBC driver.',
    },
    {
      name: 'db-log-slow-queries-threshold',
      type: 'integer',
      argument: 'milliseconds',
      default: '10000',
      description: 'Statements that take longer, in milliseconds, are logged.',
    },
    {
      name: 'db-mtls-key-store-file',
      type: 'text',
      argument: 'path',
      description:
        'PKCS#12 or PEM file with the key and certificate by which the database knows this server.',
    },
    {
      name: 'db-mtls-key-store-password',
      type: 'text',
      argument: 'password',
      secret: true,
      description: 'Password of that store.',
    },
    {
      name: 'db-mtls-key-store-type',
      type: 'text',
      argument: 'type',
      description: 'As `https-key-store-type`.',
    },
    {
      name: 'db-password',
      type: 'text',
      argument: 'password',
      secret: true,
      description: 'Password of the database user.',
    },
    {
      name: 'db-pool-initial-size',
      type: 'integer',
      argument: 'size',
      default: '0',
      min: 0,
      description: 'Connections opened at the start.',
    },
    {
      name: 'db-pool-max-lifetime',
      type: 'duration',
      argument: 'duration',
      description: 'A connection is replaced after this time.',
    },
    {
      name: 'db-pool-max-size',
      type: 'integer',
      argument: 'size',
      default: '100',
      min: 1,
      description: 'Connections of one node at most.',
    },
    {
      name: 'db-pool-min-size',
      type: 'integer',
      argument: 'size',
      default: '0',
      min: 0,
      description: 'Idle connections that are kept open.',
    },
    {
      name: 'db-schema',
      type: 'text',
      argument: 'schema',
      description: 'Schema that holds the tables; created when it is missing.',
    },
    {
      name: 'db-tls-mode',
      type: 'choice',
      argument: 'mode',
      default: 'disabled',
      allowed: ['disabled', 'verify-server'],
      description:
        'Whether the connection to the database is encrypted and its certificate verified.',
    },
    {
      name: 'db-tls-trust-store-file',
      type: 'text',
      argument: 'path',
      description:
        'PEM file with the authorities that may have signed the certificate of the database.',
    },
    {
      name: 'db-tls-trust-store-password',
      type: 'text',
      argument: 'password',
      secret: true,
      description: 'Password of that store.',
    },
    {
      name: 'db-tls-trust-store-type',
      type: 'text',
      argument: 'type',
      description: 'As `https-key-store-type`.',
    },
    {
      name: 'db-url',
      type: 'text',
      argument: 'jdbc-url',
      description:
        'Address of an outside PostgreSQL, as `postgres://…` or `jdbc:postgresql://…`; replaces the single parts.',
    },
    {
      name: 'db-url-database',
      type: 'text',
      argument: 'dbname',
      description: 'Name of the database.',
    },
    {
      name: 'db-url-host',
      type: 'text',
      argument: 'hostname',
      description: 'Host of the database.',
    },
    {
      name: 'db-url-port',
      type: 'integer',
      argument: 'port',
      min: 0,
      max: 65535,
      description: 'Port of the database.',
    },
    {
      name: 'db-url-properties',
      type: 'text',
      argument: 'properties',
      description: 'Properties behind the address (`?sslmode=verify-full&…`).',
    },
    {
      name: 'db-username',
      type: 'text',
      argument: 'username',
      description: 'User name at the database.',
    },
  ],
}
