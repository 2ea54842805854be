import { BlockList, isIP } from 'node:net'

/** Whom requests to addresses of settings may reach. */
export interface OutgoingAddresses {
  /** `all`, or addresses and CIDR ranges of private networks that may be asked; all others may not. */
  readonly privateAddresses: readonly string[] | 'all'
}

/** Link-local addresses, where cloud machines answer with their own credentials, and addresses of nobody or everybody. */
const never = listOf([
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  'fe80::/10',
  'fd00:ec2::/32',
  'ff00::/8',
])

/** RFC 6890: what is not reached from the Internet, and the ways of IPv6 to what may be such. */
const notPublic = listOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '::/128',
  '::1/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
  'fc00::/7',
  'fec0::/10',
])

/** Which addresses are asked. */
export class AskableAddresses {
  readonly #allowed: BlockList | 'all'

  constructor({ privateAddresses }: OutgoingAddresses) {
    this.#allowed = privateAddresses === 'all' ? 'all' : listOf(privateAddresses)
  }

  /** @returns why an address is not asked; undefined for one that is */
  refusal(address: string): string | undefined {
    if (has(never, address)) return `${address} is not asked`
    if (this.#allowed === 'all' || !has(notPublic, address)) return undefined
    if (has(this.#allowed, address)) return undefined
    return `${address} is a private address that outgoing-private-addresses does not name`
  }
}

/** @param entries addresses and CIDR ranges. @throws Error for anything else */
export function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

function has(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
