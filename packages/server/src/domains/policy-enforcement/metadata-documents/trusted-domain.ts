import { parseUri } from '../../clients/parsed-uri.ts'

/** @returns the host of an address in small letters; null where it names none */
export function hostOfAddress(address: string): string | null {
  if (parseUri(address)?.authority === undefined || !URL.canParse(address)) return null
  const { hostname } = new URL(address)
  return hostname === '' ? null : hostname
}

/** @returns the first domain that a host belongs to; `*.example.org` is that domain and everything below it, as in Keycloak */
export function trustedDomain(host: string, domains: readonly string[]): string | undefined {
  return domains.find((domain) => {
    const name = domain.trim().toLowerCase()
    if (!name.startsWith('*.')) return host === name
    return host === name.slice(2) || host.endsWith(name.slice(1))
  })
}
