import { isIP, isIPv4 } from 'node:net'

/** What a proxy says of the connection that it passes on; nothing for one of its own (health checks). */
export interface ProxiedConnection {
  readonly address: string
  readonly port: number
}

/** The header's length, and what it says. */
export interface ProxyHeader {
  readonly length: number
  readonly source: ProxiedConnection | undefined
}

/** Longest header that is read, in bytes. */
export const proxyHeaderBytesMax = 1_024
const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const fixedBytes = 16
const textBytesMax = 107
const textBeginning = 'PROXY '

/**
 * Reads the header of the PROXY protocol, version 1 (text) or 2 (binary), as HAProxy's specification has them (§2.1, §2.2).
 * @returns undefined while more bytes are needed
 * @throws Error when the bytes are none
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | undefined {
  const begin = bytes.subarray(0, signature.length)
  if (begin.equals(signature.subarray(0, begin.length))) {
    return bytes.length < fixedBytes ? undefined : readBinary(bytes)
  }
  const text = bytes.subarray(0, textBytesMax).toString('latin1')
  if (!textBeginning.startsWith(text.slice(0, textBeginning.length))) throw new Error('no header')
  return readText(text)
}

function readText(text: string): ProxyHeader | undefined {
  const end = text.indexOf('\r\n')
  if (end < 0) {
    if (text.length >= textBytesMax) throw new Error('the header has no end')
    return undefined
  }
  const [, family, address = '', , port = ''] = text.slice(0, end).split(' ')
  const length = end + 2
  if (family === 'UNKNOWN') return { length, source: undefined }
  const wanted = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : -1
  if (isIP(address) !== wanted || !/^\d{1,5}$/.test(port))
    throw new Error('the header is not valid')
  return { length, source: { address, port: Number(port) } }
}

function readBinary(bytes: Buffer): ProxyHeader | undefined {
  const [versionAndCommand = 0, family = 0] = bytes.subarray(12, 14)
  const length = fixedBytes + bytes.readUInt16BE(14)
  if (versionAndCommand >> 4 !== 2 || length > proxyHeaderBytesMax) {
    throw new Error('the header is not valid')
  }
  if (bytes.length < length) return undefined
  // LOCAL: the proxy itself asks.
  if ((versionAndCommand & 0x0f) === 0) return { length, source: undefined }
  const block = bytes.subarray(fixedBytes, length)
  if (family >> 4 === 1 && block.length >= 12) {
    return {
      length,
      source: { address: [...block.subarray(0, 4)].join('.'), port: block.readUInt16BE(8) },
    }
  }
  if (family >> 4 === 2 && block.length >= 36) {
    const groups = Array.from({ length: 8 }, (_, index) =>
      block.readUInt16BE(index * 2).toString(16),
    )
    return { length, source: { address: plainOf(groups.join(':')), port: block.readUInt16BE(32) } }
  }
  return { length, source: undefined }
}

/** An IPv4 address in IPv6's clothes is itself. */
function plainOf(address: string): string {
  const mapped = /^0:0:0:0:0:ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address)
  if (mapped === null) return address
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)]
  const plain = `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
  return isIPv4(plain) ? plain : address
}
