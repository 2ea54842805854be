import type { Html } from './html.ts'
import type { PageLook } from './themes/page-look.ts'

/** A message by its key of the catalogue (`invalidUserMessage`); a key that no catalogue knows is shown as it is. */
export interface PageText {
  readonly key: string
  readonly params?: readonly string[]
}

/** The alert above a form. */
export interface PageMessage extends PageText {
  readonly kind: 'error' | 'warning' | 'info' | 'success'
}

/** Messages that belong to a field, by the field's name. */
export type FieldErrors = Readonly<Record<string, PageText>>

/** One entry of the language selector. */
export interface LocaleChoice {
  /** BCP 47 tag, e.g. `de`. */
  readonly tag: string
  /** As people who read it write it. */
  readonly name: string
  /** Where the same page is shown in it. */
  readonly url: string
}

/** What every page needs to know, whatever it shows. Made by `Pages.context()`. */
export interface PageContext {
  /** BCP 47 tag of the language that the page is written in. */
  readonly locale: string
  /** Empty when the realm has no internationalization; then no selector is shown. */
  readonly locales: readonly LocaleChoice[]
  /** The realm's display name, or its name; of the product when the realm is unknown. */
  readonly realmTitle: string
  /** The same with the realm's own (sanitized) markup. */
  readonly realmHeading: Html
  /** Path of styles and scripts, without a slash at the end. */
  readonly resourcesPath: string
  /** Where to go on once another tab of the browser has signed in; none on pages that are no part of a login. */
  readonly signedInElsewhereUrl?: string | undefined
  /** `false` when the page belongs to no realm: its title stays empty as in Keycloak. */
  readonly inRealm: boolean
  /** @param pageId as the page calls itself, `login-login-otp`. @returns what its theme adds to it */
  look(pageId: string): PageLook
  /** @returns the text of a key in the page's language, `{0}`… filled in */
  text(key: string, ...params: readonly string[]): string
  /** @returns a text that may be written as `${key}` (names of attributes, scopes, groups) */
  display(text: string): string
  /** @returns markup that an administrator wrote, reduced to what is harmless */
  markup(text: string): Html
}

/** Who is signing in, once the flow knows: shown above the form with a way to start over. */
export interface AttemptedUser {
  readonly username: string
  /** `login-actions/restart` of this tab. */
  readonly restartUrl: string
}

/** Members that every form of a login flow has. */
export interface FlowPageModel {
  /** Address that the form is posted to: `login-actions/authenticate?session_code=…`. */
  readonly action: string
  readonly message?: PageMessage | undefined
  readonly fieldErrors?: FieldErrors | undefined
  readonly attemptedUser?: AttemptedUser | undefined
  /** Whether other ways to prove who one is can be chosen (posts `tryAnotherWay=on`). */
  readonly tryAnotherWay?: boolean | undefined
}
