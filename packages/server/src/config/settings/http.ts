import type { SettingArea } from './setting.ts'

/** HTTP and TLS: every option of Keycloak 26 on this subject, and what of it acts here. */
export const httpSettings: SettingArea = {
  title: 'HTTP and TLS',
  settings: [
    {
      name: 'http-accept-non-normalized-paths',
      type: 'boolean',
      default: 'false',
      description: 'Whether paths with `//`, `;`, `.` or `..` are taken; they get 400 otherwise.',
    },
    {
      name: 'http-enabled',
      type: 'boolean',
      default: 'false',
      devDefault: 'true',
      description: 'Opens the plain HTTP listener.',
    },
    {
      name: 'http-host',
      type: 'text',
      argument: 'host',
      default: '0.0.0.0',
      description:
        'Address that the listeners bind to; `::` (which takes IPv4 too) with `-Djava.net.preferIPv6Addresses=true`, and on a machine without IPv4.',
    },
    {
      name: 'http-max-connections-per-address',
      type: 'integer',
      argument: 'connections',
      default: '2048',
      min: 0,
      own: true,
      description:
        'Connections that one client (an IPv4 address, a /64 of IPv6) may hold on each worker; more are ended before anything is read. 0 = any number. Proxies whose headers are believed are not bounded.',
    },
    {
      name: 'http-max-queued-requests',
      type: 'integer',
      argument: 'requests',
      default: '2000',
      min: 0,
      description:
        'Requests of each worker beyond those of `http-pool-max-threads`, in line, at work or waiting for the database; more get 503. 0 = none; a number that is never reached = no bound. Keycloak has no bound unless set: who comes out of a line without an end has given up.',
    },
    {
      name: 'http-metrics-histograms-enabled',
      type: 'boolean',
      default: 'false',
      description: 'Adds histogram buckets to the HTTP timings.',
    },
    {
      name: 'http-metrics-slos',
      type: 'list',
      argument: 'list of buckets',
      description: 'Bucket boundaries of the HTTP timings, in milliseconds, comma separated.',
    },
    {
      name: 'http-pool-max-threads',
      type: 'integer',
      argument: 'threads',
      min: 1,
      description:
        'Requests that each worker may have besides those of `http-max-queued-requests`; unless set 50, or 4 for each core where that is more. Nothing else depends on it.',
    },
    {
      name: 'http-port',
      type: 'integer',
      argument: 'port',
      default: '8080',
      min: 0,
      max: 65535,
      description: 'Port of plain HTTP.',
    },
    {
      name: 'http-relative-path',
      type: 'text',
      argument: 'path',
      default: '/',
      description: 'Path under which everything is served.',
    },
    {
      name: 'https-certificate-file',
      type: 'text',
      argument: 'file',
      description: 'PEM file with the certificate chain.',
    },
    {
      name: 'https-certificate-key-file',
      type: 'text',
      argument: 'file',
      description: 'PEM file with the private key.',
    },
    {
      name: 'https-certificates-reload-period',
      type: 'duration',
      argument: 'reload period',
      default: '1h',
      description: 'How often the files are read again; 0 or -1 = never.',
    },
    {
      name: 'https-cipher-suites',
      type: 'text',
      argument: 'ciphers',
      description:
        'Cipher suites of TLS, by the names of the IANA or of OpenSSL; unless set, those that RFC 9325 recommends.',
    },
    {
      name: 'https-client-auth',
      type: 'choice',
      argument: 'auth',
      default: 'none',
      allowed: ['none', 'request', 'required'],
      description: 'Whether clients are asked for a certificate.',
    },
    {
      name: 'https-key-store-file',
      type: 'text',
      argument: 'file',
      description:
        'PKCS#12 or PEM file with key and certificate, instead of two files; `conf/server.keystore` where it is there.',
    },
    {
      name: 'https-key-store-password',
      type: 'text',
      argument: 'password',
      default: 'password',
      secret: true,
      description: 'Password of that store.',
    },
    {
      name: 'https-key-store-type',
      type: 'text',
      argument: 'type',
      description:
        '`PKCS12` or `PEM`; which of them it is, its content tells. Java stores (`JKS`, `BCFKS`) stop the start.',
    },
    {
      name: 'https-port',
      type: 'integer',
      argument: 'port',
      default: '8443',
      min: 0,
      max: 65535,
      description: 'Port of HTTPS.',
    },
    {
      name: 'https-protocols',
      type: 'list',
      argument: 'protocols',
      default: 'TLSv1.3,TLSv1.2',
      suggested: ['TLSv1.3', 'TLSv1.2'],
      description: 'Versions of TLS that are spoken.',
    },
    {
      name: 'https-trust-store-file',
      type: 'text',
      argument: 'file',
      description:
        'PEM file with the authorities of client certificates; without it those that the runtime trusts count.',
    },
    {
      name: 'https-trust-store-password',
      type: 'text',
      argument: 'password',
      secret: true,
      description: 'Password of that store.',
    },
    {
      name: 'https-trust-store-type',
      type: 'text',
      argument: 'type',
      description: 'As `https-key-store-type`.',
    },
    {
      name: 'shutdown-delay',
      type: 'duration',
      argument: 'delay',
      default: '1s',
      devDefault: '0s',
      description:
        'Between "not ready" and the end of listening: time for load balancers to notice.',
    },
    {
      name: 'shutdown-timeout',
      type: 'duration',
      argument: 'timeout',
      default: '10s',
      description: 'How long requests under way are waited for.',
    },
  ],
}
