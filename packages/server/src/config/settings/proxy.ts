import type { SettingArea } from './setting.ts'

/** Proxy: every option of Keycloak 26 on this subject, and what of it acts here. */
export const proxySettings: SettingArea = {
  title: 'Proxy',
  settings: [
    {
      name: 'proxy-headers',
      type: 'choice',
      argument: 'headers',
      allowed: ['forwarded', 'xforwarded'],
      description: 'Which forwarding headers are believed; without it none.',
    },
    {
      name: 'proxy-protocol-enabled',
      type: 'boolean',
      default: 'false',
      description:
        'Whether every connection begins with the header of the PROXY protocol (version 1 or 2), by which a proxy says whom it speaks for; others are ended. Excludes `proxy-headers`.',
    },
    {
      name: 'proxy-trusted-addresses',
      type: 'list',
      argument: 'trusted proxies',
      description:
        'Addresses or CIDR ranges of proxies whose headers are believed; without it every peer is.',
    },
  ],
}
