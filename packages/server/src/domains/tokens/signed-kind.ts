/** What is signed for a client with the algorithm that it wants. */
export type SignedKind = 'access' | 'id' | 'userinfo' | 'logout' | 'authorization' | 'introspection'

/** Header `typ` where it is not that of every JWT. */
export const headerTypes: Partial<Record<SignedKind, string>> = {
  logout: 'logout+jwt',
  introspection: 'token-introspection+jwt',
}

/** Attributes of clients that name the algorithm. */
export const algorithmAttributes: Readonly<Record<SignedKind, string>> = {
  access: 'access.token.signed.response.alg',
  id: 'id.token.signed.response.alg',
  logout: 'id.token.signed.response.alg',
  userinfo: 'user.info.response.signature.alg',
  authorization: 'authorization.signed.response.alg',
  introspection: 'introspection.signed.response.alg',
}
