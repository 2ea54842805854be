/** Leave to register clients: how many, and until when. Times are milliseconds since the epoch. */
export interface InitialAccess {
  readonly id: string
  readonly createdAt: number
  /** Null = no end. */
  readonly expiresAt: number | null
  readonly count: number
  readonly remaining: number
}
