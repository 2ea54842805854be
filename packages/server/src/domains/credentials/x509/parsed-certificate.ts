import type { X509Certificate } from 'node:crypto'

/** The library that reads extensions, loaded for the first certificate: it is large, and wants its polyfill first. */
export async function x509Library() {
  await import('reflect-metadata')
  return await import('@peculiar/x509')
}

/** @returns the certificate with its extensions. @throws Error for what is no certificate */
export async function parsedCertificate({ raw }: Pick<X509Certificate, 'raw'>) {
  const { X509Certificate: Parsed } = await x509Library()
  return new Parsed(raw)
}

export type ParsedCertificate = Awaited<ReturnType<typeof parsedCertificate>>
