/** Groups of an IPv6 address, and how many of them name the network. */
const groupsOfAddress = 8
const groupsOfNetwork = 4

/**
 * Who an address belongs to, for bounds per client: an IPv4 address itself; of an IPv6 address its /64, for whoever has one
 * of its addresses has them all (RFC 4291 §2.5.1).
 * @returns the address as it is when it is no IPv6 address
 */
export function networkOfAddress(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::', 2)
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : groupsOfAddress - before.length - after.length
  return [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after]
    .slice(0, groupsOfNetwork)
    .join(':')
}
