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

/** A page that a step shows. The protocol that renders it adds addresses, languages and the realm's look. */
export type LoginPage = LoginPageNotes &
  (
    | {
        readonly page: 'login'
        readonly username: string
        /** Only the password is asked for. */
        readonly userKnown: boolean
      }
    | { readonly page: 'username'; readonly username: string }
    | { readonly page: 'password' }
    | {
        readonly page: 'otp'
        readonly devices: readonly { readonly credentialId: string; readonly label: string }[]
        readonly selectedCredentialId: string | undefined
      }
    | { readonly page: 'recovery-code'; readonly codeNumber: number }
    | {
        readonly page: 'select-authenticator'
        readonly choices: readonly {
          readonly executionId: string
          readonly displayNameKey: string
          readonly helpTextKey: string
        }[]
      }
    | {
        readonly page: 'select-organization'
        readonly organizations: readonly { readonly alias: string; readonly name: string }[]
      }
  )
