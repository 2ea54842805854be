/** One element of DER (ITU-T X.690): its tag octet and content. */
export interface DerElement {
  readonly tag: number
  readonly content: Buffer
}

/** The bytes are not the DER that was expected. */
class DerError extends Error {}

/** Tag octets that PKCS#12 uses. */
export const derTag = {
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const

/** @returns the elements that `bytes` consist of, one after the other. @throws DerError */
function derElements(bytes: Buffer): DerElement[] {
  const elements: DerElement[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at] as number
    let length = bytes[at + 1] ?? -1
    at += 2
    if (length === 0x80) throw new DerError('indefinite lengths are not DER')
    if (length > 0x80) {
      const octets = length & 0x7f
      if (octets > 4 || at + octets > bytes.length) throw new DerError('a length is too long')
      length = bytes.readUIntBE(at, octets)
      at += octets
    }
    if (length < 0 || at + length > bytes.length) throw new DerError('the data ends too early')
    elements.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return elements
}

/** @returns the elements within an element of the expected tag. @throws DerError for another tag */
export function derChildren(element: DerElement | undefined, tag: number): DerElement[] {
  return derElements(derContent(element, tag))
}

/** @returns the content of an element of the expected tag. @throws DerError for another tag */
export function derContent(element: DerElement | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw new DerError(`expected tag ${tag}, found ${element?.tag}`)
  return element.content
}

/** @returns an element as it was: tag, length and content */
export function derEncoded(element: DerElement | undefined): Buffer {
  if (element === undefined) throw new DerError('an element is missing')
  const { tag, content } = element
  const octets = content.length < 0x80 ? 0 : Math.ceil(content.length.toString(16).length / 2)
  const head = Buffer.alloc(2 + octets)
  head[0] = tag
  head[1] = octets === 0 ? content.length : 0x80 | octets
  if (octets > 0) head.writeUIntBE(content.length, 2, octets)
  return Buffer.concat([head, content])
}

/** @returns an object identifier in dotted form */
export function derOid(element: DerElement | undefined): string {
  const content = derContent(element, derTag.oid)
  const numbers: number[] = []
  let value = 0
  for (const octet of content) {
    value = value * 128 + (octet & 0x7f)
    if (octet >= 0x80) continue
    numbers.push(value)
    value = 0
  }
  const first = numbers.shift() ?? 0
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...numbers].join('.')
}

/** @returns a small whole number */
export function derInteger(element: DerElement | undefined): number {
  const content = derContent(element, derTag.integer)
  if (content.length > 6) throw new DerError('a number is too large')
  return content.length === 0 ? 0 : content.readUIntBE(0, content.length)
}
