import { BlockList, isIP } from 'node:net'

function privateRanges(): BlockList {
  const ranges = new BlockList()
  ranges.addSubnet('10.0.0.0', 8)
  ranges.addSubnet('172.16.0.0', 12)
  ranges.addSubnet('192.168.0.0', 16)
  ranges.addSubnet('127.0.0.0', 8)
  ranges.addSubnet('169.254.0.0', 16)
  ranges.addSubnet('fc00::', 7, 'ipv6')
  ranges.addSubnet('fe80::', 10, 'ipv6')
  ranges.addAddress('::1', 'ipv6')
  return ranges
}

/** @returns whether `address` can only be reached from its own site (RFC 1918, RFC 4193, loopback, link-local) */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return false
  return privateRanges().check(address, family === 6 ? 'ipv6' : 'ipv4')
}
