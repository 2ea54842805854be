import type { SettingArea } from './setting.ts'

/** Cache: every option of Keycloak 26 on this subject, and what of it acts here. */
export const cacheSettings: SettingArea = {
  title: 'Cache',
  settings: [
    {
      name: 'cache',
      type: 'choice',
      argument: 'type',
      default: 'ispn',
      devDefault: 'local',
      allowed: ['ispn', 'local'],
      description:
        '`ispn` forms a cluster with every node on the same database; `local` is a single node that listens on no cluster port.',
    },
    {
      name: 'cache-config-file',
      type: 'text',
      argument: 'file',
      description: 'Infinispan XML under conf/ with names, owners, bounds and lifespans of caches.',
    },
    {
      name: 'cache-config-mutate',
      type: 'boolean',
      default: 'false',
      description: 'Whether that file may change default caches without a warning.',
    },
    {
      name: 'cache-embedded-authorization-max-count',
      type: 'integer',
      argument: 'max-count',
      description: 'Entries of the authorization cache at most.',
    },
    {
      name: 'cache-embedded-client-sessions-max-count',
      type: 'integer',
      argument: 'max-count',
      description: 'Entries of the client-sessions cache at most.',
    },
    {
      name: 'cache-embedded-cluster-name',
      type: 'text',
      argument: 'name',
      default: 'ISPN',
      own: true,
      description:
        'Nodes of one name on one database form a cluster. Keycloak has it from version 26.8 on.',
    },
    {
      name: 'cache-embedded-crl-max-count',
      type: 'integer',
      argument: 'max-count',
      description: 'Entries of the crl cache at most.',
    },
    {
      name: 'cache-embedded-keys-max-count',
      type: 'integer',
      argument: 'max-count',
      description: 'Entries of the keys cache at most.',
    },
    {
      name: 'cache-embedded-mtls-enabled',
      type: 'boolean',
      default: 'true',
      description: 'Encrypts and authenticates the traffic between nodes.',
    },
    {
      name: 'cache-embedded-mtls-key-store-file',
      type: 'text',
      argument: 'file',
      description: 'PKCS#12 or PEM file with the key of this node, instead of a generated one.',
    },
    {
      name: 'cache-embedded-mtls-key-store-password',
      type: 'text',
      argument: 'password',
      secret: true,
      description: 'Password of that file.',
    },
    {
      name: 'cache-embedded-mtls-rotation-interval-days',
      type: 'integer',
      argument: 'days',
      default: '30',
      min: 1,
      description:
        'Days between replacements of the generated certificates; they are valid for twice as long.',
    },
    {
      name: 'cache-embedded-mtls-trust-store-file',
      type: 'text',
      argument: 'file',
      description: 'PKCS#12 or PEM file with the certificates that peers may present.',
    },
    {
      name: 'cache-embedded-mtls-trust-store-password',
      type: 'text',
      argument: 'password',
      secret: true,
      description: 'Password of that file.',
    },
    {
      name: 'cache-embedded-network-bind-address',
      type: 'text',
      argument: 'address',
      description:
        'Address for traffic between nodes, or GLOBAL, SITE_LOCAL, LINK_LOCAL, NON_LOOPBACK, LOOPBACK, match-interface:…, match-address:…, match-host:….',
    },
    {
      name: 'cache-embedded-network-bind-port',
      type: 'integer',
      argument: 'port',
      min: 0,
      max: 65535,
      description: 'Port for traffic between nodes; 7800 unless set.',
    },
    {
      name: 'cache-embedded-network-external-address',
      type: 'text',
      argument: 'address',
      description: 'Address under which other nodes reach this one, behind NAT.',
    },
    {
      name: 'cache-embedded-network-external-port',
      type: 'integer',
      argument: 'port',
      min: 0,
      max: 65535,
      description: 'Port under which other nodes reach this one, behind NAT.',
    },
    {
      name: 'cache-embedded-node-name',
      type: 'text',
      argument: 'name',
      own: true,
      description:
        'Name of this node in log lines and metrics; host name and a random number unless set. Keycloak has it from version 26.8 on.',
    },
    {
      name: 'cache-embedded-offline-client-sessions-max-count',
      type: 'integer',
      argument: 'max-count',
      description: 'Entries of the offline-client-sessions cache at most.',
    },
    {
      name: 'cache-embedded-offline-sessions-max-count',
      type: 'integer',
      argument: 'max-count',
      description: 'Entries of the offline-sessions cache at most.',
    },
    {
      name: 'cache-embedded-realms-max-count',
      type: 'integer',
      argument: 'max-count',
      description: 'Entries of the realms cache at most.',
    },
    {
      name: 'cache-embedded-sessions-max-count',
      type: 'integer',
      argument: 'max-count',
      description: 'Entries of the sessions cache at most.',
    },
    {
      name: 'cache-embedded-users-max-count',
      type: 'integer',
      argument: 'max-count',
      description: 'Entries of the users cache at most.',
    },
    {
      name: 'cache-metrics-histograms-enabled',
      type: 'boolean',
      default: 'false',
      description: 'Adds latency histograms to the cache metrics.',
    },
    {
      name: 'cache-remote-backup-sites',
      type: 'list',
      argument: 'sites',
      description:
        'Names of the sites that the remote Infinispan sends its caches to: they go into caches that this server makes there.',
    },
    {
      name: 'cache-remote-host',
      type: 'list',
      argument: 'hostname',
      description:
        'External Infinispan or Valkey: a host name, or several with or without a port. Logins under way and failed logins are kept there.',
    },
    {
      name: 'cache-remote-password',
      type: 'text',
      argument: 'password',
      secret: true,
      description: 'Password for the remote store.',
    },
    {
      name: 'cache-remote-port',
      type: 'integer',
      argument: 'port',
      default: '11222',
      min: 0,
      max: 65535,
      description: 'Port of the remote store; 6379 where it is Valkey.',
    },
    {
      name: 'cache-remote-sentinel-master',
      type: 'text',
      argument: 'name',
      own: true,
      description: 'Which master, where Sentinels at `cache-remote-host` watch several.',
    },
    {
      name: 'cache-remote-single-use',
      type: 'boolean',
      default: 'false',
      own: true,
      description:
        'Keeps once-only objects (action tokens, device codes, assertions) in the remote store too. It may forget what was used.',
    },
    {
      name: 'cache-remote-tls-enabled',
      type: 'boolean',
      default: 'true',
      description: 'Speaks TLS with the remote store.',
    },
    {
      name: 'cache-remote-type',
      type: 'choice',
      argument: 'type',
      default: 'infinispan',
      allowed: ['infinispan', 'valkey'],
      own: true,
      description:
        'What the remote store is: Infinispan, by Hot Rod, or Valkey or Redis from 7 on.',
    },
    {
      name: 'cache-remote-username',
      type: 'text',
      argument: 'username',
      description: 'User name for the remote store.',
    },
    {
      name: 'cache-stack',
      type: 'text',
      argument: 'stack',
      suggested: [
        'jdbc-ping',
        'kubernetes',
        'jdbc-ping-udp',
        'tcp',
        'udp',
        'ec2',
        'azure',
        'google',
      ],
      description:
        'How nodes find each other. The database decides who is a member; a stack only finds addresses.',
    },
  ],
}
