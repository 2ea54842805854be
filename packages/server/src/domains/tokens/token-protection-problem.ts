/** A token cannot be signed or encrypted as its client wants it: the client gets nothing rather than something weaker. */
export class TokenProtectionProblem extends Error {
  override readonly name = 'TokenProtectionProblem'
}
