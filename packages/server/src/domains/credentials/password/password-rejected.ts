import type { PolicyViolation } from './password-policy.ts'

/** A new password breaks the realm's policy. */
export class PasswordRejected extends Error {
  readonly violation: PolicyViolation

  constructor(violation: PolicyViolation) {
    super(violation.key)
    this.violation = violation
  }
}
