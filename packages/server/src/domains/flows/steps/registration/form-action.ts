import type { GivenUser } from '../../../user-lifecycle/given-user.ts'
import type { User } from '../../../users/user.ts'
import type { ExecutionNode } from '../../engine/flow-definition.ts'
import type { PageNote } from '../../engine/login-page.ts'
import type { StepContext } from '../../engine/step.ts'

/** An account as it comes together while the parts of the registration form look at what was typed. */
export interface RegistrationDraft {
  given: GivenUser
  /** What is wrong, by field. */
  readonly errors: Record<string, PageNote>
  /** Keycloak's error code of the event, where it is more than "invalid". */
  eventError: string | undefined
}

/** Which parts of the form the flow has switched on. */
export interface RegistrationParts {
  passwordRequired: boolean
  termsAcceptanceRequired: boolean
  captcha?: CaptchaView
}

/** What the page needs for the script of a service that tells humans from programs. */
export interface CaptchaView {
  readonly siteKey: string
  readonly scriptUrl: string
  /** It judges without asking anything. */
  readonly invisible: boolean
  readonly action: string
}

/** A part of the registration form: an execution of the flow of type `form-flow`. */
export interface FormAction {
  /** Keycloak's provider id. */
  readonly id: string
  /** Says what the form has because of it. */
  readonly shows?: Partial<RegistrationParts>
  /** As `shows`, where the execution's settings say it. */
  showsBy?(execution: FormExecution): Partial<RegistrationParts>
  /** Looks at what was typed: adds to the account or to what is wrong. */
  check(context: StepContext, draft: RegistrationDraft, execution: FormExecution): Promise<void>
  /** The account was made. */
  done?(context: StepContext, user: User): Promise<void>
}

export type FormExecution = ExecutionNode['form'][number]
