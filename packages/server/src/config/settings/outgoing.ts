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
        'Addresses and CIDR ranges of private networks, the machine itself included, that requests to addresses from settings of realms and clients may reach (`jwks_uri`, back-channel logout, sector identifiers, …); `all` for all of them. Others are refused with a line in the log, link-local addresses always. Proxies are named by `spi-connections-http-client--default--proxy-mappings` (`pattern;http://proxy:port` or `pattern;NO_PROXY`, comma separated), else by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.',
    },
  ],
}
