/** Ends what was started, in reverse order; one that fails to end does not keep the others from it. */
export class DisposalStack implements AsyncDisposable {
  readonly #disposals: (() => Promise<void> | void)[] = []

  /** @returns the resource itself, which will be disposed */
  use<T extends AsyncDisposable | Disposable>(resource: T): T {
    this.#disposals.push(async () => {
      if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]()
      else resource[Symbol.dispose]()
    })
    return resource
  }

  /** Calls `dispose` when its turn comes. */
  defer(dispose: () => Promise<void> | void): void {
    this.#disposals.push(dispose)
  }

  /** @throws AggregateError of everything that failed to end */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = []
    for (const dispose of this.#disposals.splice(0).reverse()) {
      try {
        await dispose()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'not everything ended in order')
  }
}
