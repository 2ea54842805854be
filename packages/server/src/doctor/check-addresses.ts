import { lookup } from 'node:dns/promises'
import type { ServerSettings } from '../config/server-settings.ts'
import type { OutgoingRequests } from '../http/outgoing-requests.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

const subject = 'hostname'

/** Looks at how browsers reach the server, as far as it is configured, and asks the server itself where it can. */
export async function checkAddresses(
  { http, development }: Pick<ServerSettings, 'http' | 'development'>,
  requests: Pick<OutgoingRequests, 'text'>,
): Promise<Finding[]> {
  const { hostname, strict } = http.hostname
  const proxied = http.proxy.headers !== undefined || http.proxyProtocol === true
  if (hostname === undefined) {
    if (development || !strict) {
      return [
        warning(
          subject,
          'it is taken from each request',
          'set KC_HOSTNAME to the URL that browsers use',
        ),
      ]
    }
    return [
      failed(
        subject,
        'it is not set, and `start` wants it',
        'set KC_HOSTNAME to the URL that browsers use',
      ),
    ]
  }
  const isUrl = /^https?:/i.test(hostname)
  const secure = hostname.startsWith('https:') || http.tls !== undefined || proxied
  return [
    ...(secure
      ? []
      : [
          warning(
            subject,
            `${hostname} is served without HTTPS: browsers keep no secure cookies`,
            'end TLS here (KC_HTTPS_…) or in a proxy, and name an https URL in KC_HOSTNAME',
          ),
        ]),
    ...proxyHeaders(http, isUrl),
    await nameOf(isUrl ? new URL(hostname).hostname : hostname),
    ...(isUrl ? [await issuerOf(hostname, http.relativePath, requests)] : []),
  ]
}

function proxyHeaders({ proxy, tls, hostname }: ServerSettings['http'], isUrl: boolean): Finding[] {
  const https = isUrl && hostname.hostname?.startsWith('https:') === true
  if (proxy.headers === undefined) {
    return https && tls === undefined
      ? [
          warning(
            'proxy',
            "TLS ends in a proxy, and its headers are not believed: addresses of clients are the proxy's",
            'set KC_PROXY_HEADERS=xforwarded (or forwarded), and KC_PROXY_TRUSTED_ADDRESSES',
          ),
        ]
      : []
  }
  return proxy.trustedAddresses === undefined
    ? [
        warning(
          'proxy',
          `${proxy.headers} headers are believed of everybody`,
          'set KC_PROXY_TRUSTED_ADDRESSES to the proxies',
        ),
      ]
    : [ok('proxy', `${proxy.headers} headers are believed of ${proxy.trustedAddresses.join(', ')}`)]
}

async function nameOf(name: string): Promise<Finding> {
  try {
    const { address } = await lookup(name.replace(/^\[|\]$/g, ''))
    return ok(subject, `${name} leads to ${address}`)
  } catch {
    return warning(
      subject,
      `DNS does not know ${name} here`,
      'make the name known, to this machine too where clients run in the same network',
    )
  }
}

/** What the server says of itself, asked by the way that browsers come. */
async function issuerOf(
  url: string,
  relativePath: string,
  requests: Pick<OutgoingRequests, 'text'>,
): Promise<Finding> {
  const origin = url.replace(/\/+$/, '')
  const place = `${origin}/realms/master/.well-known/openid-configuration`
  try {
    const { issuer } = JSON.parse(await requests.text(place)) as { issuer?: string }
    if (issuer === `${origin}/realms/master`)
      return ok(subject, `${place} answers with this issuer`)
    return failed(
      subject,
      `${place} answers with the issuer ${issuer}`,
      `set KC_HOSTNAME=${origin} on every node${relativePath === '' ? '' : `, and let the proxy keep ${relativePath}`}`,
    )
  } catch (error) {
    return warning(
      subject,
      `${place} does not answer: ${(error as Error).message}`,
      'start the server, and check the proxy and its certificate',
    )
  }
}
