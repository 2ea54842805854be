/** Which things of a kind an administrator may see, as a condition for lists: these (all where it is null) but for those. */
export interface SeenThings {
  readonly ids: readonly string[] | null
  readonly except: readonly string[]
}
