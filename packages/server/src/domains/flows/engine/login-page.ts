/** A text by its key of the message catalogue. */
export interface PageNote {
  readonly key: string
  readonly params?: readonly string[]
}

/** What every page of a login may carry. */
export interface LoginPageNotes {
  readonly message?: PageNote & { readonly kind: 'error' | 'warning' | 'info' | 'success' }
  /** By field name. */
  readonly fieldErrors?: Readonly<Record<string, PageNote>>
}

/**
 * What pages of a login show, by page. A step or required action brings its page: it adds a member here, by
 * `declare module`, and the page gets its line in `pages/login-pages.ts`.
 */
export interface LoginPageModels {
  readonly 'select-authenticator': {
    readonly choices: readonly {
      readonly executionId: string
      readonly displayNameKey: string
      readonly helpTextKey: string
    }[]
  }
}

export type LoginPageId = keyof LoginPageModels

/** A page that a step or action shows. What renders it adds addresses, languages and the realm's look. */
export type LoginPageOf<Id extends LoginPageId> = LoginPageNotes &
  LoginPageModels[Id] & { readonly page: Id }

export type LoginPage = { [Id in LoginPageId]: LoginPageOf<Id> }[LoginPageId]
