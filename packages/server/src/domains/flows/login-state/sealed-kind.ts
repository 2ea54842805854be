import type { z } from 'zod'

/** One kind of content that travels sealed with a browser: it has a key of its own, and a reader that believes only this. */
export interface SealedKind<T> {
  /** Part of the key: what was sealed as one kind opens as no other. */
  readonly name: string
  /** What the sealer can have said. Strict objects only: a member that nobody writes makes all of it unreadable. */
  readonly content: z.ZodType<T>
}
