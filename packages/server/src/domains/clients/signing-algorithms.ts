/** What of a client names the algorithm of a signature that this server makes for it. */
const signingAttributes = [
  'access.token.signed.response.alg',
  'id.token.signed.response.alg',
  'user.info.response.signature.alg',
  'authorization.signed.response.alg',
  'introspection.signed.response.alg',
]

/** @returns the algorithms that a client wants answers signed with, as they stand in its attributes */
export function signingAlgorithms(
  attributes: Readonly<Record<string, string>> | undefined,
): string[] {
  return signingAttributes.flatMap((name) => attributes?.[name] || [])
}
