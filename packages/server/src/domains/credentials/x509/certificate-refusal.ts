/** A certificate that proves nobody: the message says why, for the log. */
export class CertificateRefusal extends Error {}
