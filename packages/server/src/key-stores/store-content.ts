const pemBytesMax = 16_384
const certificate =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g
const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/
/** Java's own stores begin with these. */
const magics: readonly (readonly [magic: number, kind: string])[] = [
  [0xfeedfeed, 'JKS'],
  [0xcececece, 'JCEKS'],
]

export function isPem(content: Buffer): boolean {
  return content.subarray(0, pemBytesMax).includes('-----BEGIN')
}

/** @returns the certificates of a PEM file, each by itself */
export function pemCertificates(content: Buffer): string[] {
  return [...(content.toString('utf8').match(certificate) ?? [])]
}

/** @returns the private key of a PEM file */
export function pemKey(content: Buffer): string | undefined {
  return key.exec(content.toString('utf8'))?.[0]
}

/** @returns what to do about a store that only Java can read; undefined for any other content */
export function outdatedKind(content: Buffer): string | undefined {
  const magic = content.length < 4 ? 0 : content.readUInt32BE(0)
  const kind = magics.find(([known]) => known === magic)?.[1]
  if (kind === undefined) return undefined
  return `it is a Java store (${kind}), which only Java reads; convert it: keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 -deststoretype PKCS12`
}
