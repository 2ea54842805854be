/** Too many passwords wait to be hashed on this node: answered 503 with `Retry-After`. */
export class HashingQueueFull extends Error {
  override readonly name = 'HashingQueueFull'

  constructor() {
    super('too many passwords wait to be hashed')
  }
}
