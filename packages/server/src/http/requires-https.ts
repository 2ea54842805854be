/** Private, link-local and loopback networks, which `sslRequired: external` trusts. */
const localAddress =
  /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|fe[89ab][0-9a-f]:|f[cd][0-9a-f]{2}:)/i

/**
 * @param sslRequired the realm's setting: `all`, `external` or `none`, in any case
 * @param ipAddress where the request comes from
 * @returns whether the realm takes such requests by HTTPS only
 */
export function requiresHttps(sslRequired: string, ipAddress: string): boolean {
  switch (sslRequired.toLowerCase()) {
    case 'none':
      return false
    case 'external':
      return !localAddress.test(ipAddress)
    default:
      return true
  }
}
