import type { Transaction } from '../../../database/database.ts'
import type { LoginPage } from './login-page.ts'

/** A login that waits for something that happens elsewhere: the browser begins another one, which shows `pageMessage`. */
export class FlowFork extends Error {
  readonly pageMessage: NonNullable<LoginPage['message']>
  /** Written in the transaction that keeps the login. */
  readonly beside: (tx: Transaction) => Promise<void>

  constructor(
    pageMessage: NonNullable<LoginPage['message']>,
    beside: (tx: Transaction) => Promise<void>,
  ) {
    super('the login waits')
    this.pageMessage = pageMessage
    this.beside = beside
  }
}
