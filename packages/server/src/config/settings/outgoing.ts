import type { SettingArea } from './setting.ts'

/** Requests that this server makes itself: keys of clients, logouts, documents. */
export const outgoingSettings: SettingArea = {
  title: 'Outgoing requests',
  settings: [
    {
      name: 'outgoing-private-addresses',
      type: 'list',
      argument: 'addresses',
      devDefault: 'all',
      own: true,
      description:
        'Addresses and CIDR ranges, public ones aside, that requests to addresses of realms and clients may reach (`jwks_uri`, …); `all`, `none`. Others are refused with a line in the log, link-local ones always. By default the private networks (RFC 1918, RFC 4193), and this machine where `hostname` names it.',
    },
  ],
}
