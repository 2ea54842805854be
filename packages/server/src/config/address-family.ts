import type { SettingValues } from './setting-values.ts'

/** Which addresses a server listens on and prefers, where both kinds are there. */
export type AddressFamily = 'ipv4' | 'ipv6' | 'either'

/**
 * Java's properties, as Keycloak's users write them in `JAVA_OPTS_APPEND`: `java.net.preferIPv4Stack` leaves IPv6 alone,
 * `java.net.preferIPv6Addresses` takes IPv6 addresses first.
 */
export function addressFamily({ properties }: Pick<SettingValues, 'properties'>): AddressFamily {
  const is = (name: string) => properties.get(`java.net.${name}`) === 'true'
  if (is('preferIPv4Stack')) return 'ipv4'
  return is('preferIPv6Addresses') ? 'ipv6' : 'either'
}

/**
 * @param ipv4 whether this machine has an IPv4 address beside that of its loopback
 * @returns where listeners listen unless somebody says it: `::` takes IPv4 too where there is some
 */
export function anyAddress(family: AddressFamily, ipv4: boolean): string {
  if (family === 'ipv4') return '0.0.0.0'
  return family === 'ipv6' || !ipv4 ? '::' : '0.0.0.0'
}
