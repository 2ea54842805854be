/** What the brute-force protection remembers of a user. Times are milliseconds since the epoch, `notBefore` too. */
export interface LoginFailure {
  readonly failures: number
  readonly temporaryLockouts: number
  /** Failures of a second factor, counted apart where the realm limits them. */
  readonly secondaryFailures: number
  /** 0 = never. */
  readonly lastFailure: number
  /** Until then no attempt is looked at; 0 = not locked. */
  readonly notBefore: number
  readonly lastIp: string | null
}

/** The realm's settings (Keycloak's names; seconds unless the name says otherwise). */
export interface BruteForcePolicy {
  readonly permanentLockout: boolean
  readonly maxTemporaryLockouts: number
  readonly bruteForceStrategy: 'LINEAR' | 'MULTIPLE'
  readonly maxFailureWaitSeconds: number
  readonly minimumQuickLoginWaitSeconds: number
  readonly waitIncrementSeconds: number
  readonly quickLoginCheckMilliSeconds: number
  readonly maxDeltaTimeSeconds: number
  readonly failureFactor: number
  readonly maxSecondaryAuthFailures: number
}

/** What one more failure leads to. */
export type Lockout = 'none' | 'temporary' | 'permanent'

export const noFailure: LoginFailure = {
  failures: 0,
  temporaryLockouts: 0,
  secondaryFailures: 0,
  lastFailure: 0,
  notBefore: 0,
  lastIp: null,
}

export interface FailedAttempt {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly ip: string
  /** A one-time code failed, which the realm may limit by itself. */
  readonly secondary: boolean
}

/** `notBefore` of users who are locked until an administrator enables them. */
export const lockedForGood = Number.MAX_SAFE_INTEGER

/**
 * Counts a failed attempt as Keycloak does: failures long apart start anew (but where the first lockout is for good, so that
 * guessing slowly does not help), each `failureFactor` of them (MULTIPLE) or each
 * one beyond it (LINEAR) waits longer, two in quick succession wait at once, and with permanent lockout the user is
 * disabled when the temporary ones are used up. More one-time codes than their own limit disable in any case.
 */
export function countFailure(
  before: LoginFailure,
  policy: BruteForcePolicy,
  attempt: FailedAttempt,
): { readonly after: LoginFailure; readonly lockout: Lockout } {
  const sinceLast =
    before.lastFailure > 0 ? attempt.at - before.lastFailure : Number.POSITIVE_INFINITY
  const onlyForGood = policy.permanentLockout && policy.maxTemporaryLockouts === 0
  const expired =
    !onlyForGood && sinceLast > policy.maxDeltaTimeSeconds * 1000 && before.lastFailure > 0
  const counted: LoginFailure = {
    ...(expired ? noFailure : before),
    failures: (expired ? 0 : before.failures) + 1,
    secondaryFailures: (expired ? 0 : before.secondaryFailures) + (attempt.secondary ? 1 : 0),
    lastFailure: attempt.at,
    lastIp: attempt.ip,
  }
  if (exceedsSecondary(counted, policy)) return forGood(counted)
  const waitSeconds = waitFor(counted, policy)
  if (waitSeconds <= 0) {
    const quick = sinceLast < policy.quickLoginCheckMilliSeconds
    if (quick && policy.minimumQuickLoginWaitSeconds > 0) {
      return locked(counted, policy, attempt.at, policy.minimumQuickLoginWaitSeconds)
    }
    return { after: counted, lockout: 'none' }
  }
  if (onlyForGood) return forGood(counted)
  const more = { ...counted, temporaryLockouts: counted.temporaryLockouts + 1 }
  const usedUp = policy.permanentLockout && more.temporaryLockouts > policy.maxTemporaryLockouts
  return usedUp ? forGood(more) : locked(more, policy, attempt.at, waitSeconds)
}

/** @returns whether attempts are refused at `now` (milliseconds since the epoch) */
export function isLocked(failure: LoginFailure | null, now: number): boolean {
  return failure !== null && failure.notBefore > now
}

/** @returns seconds to wait, 0 while the limit is not reached */
function waitFor(counted: LoginFailure, policy: BruteForcePolicy): number {
  const { failureFactor, waitIncrementSeconds } = policy
  if (failureFactor <= 0 || counted.failures < failureFactor) return 0
  const factor =
    policy.bruteForceStrategy === 'LINEAR'
      ? 1 + counted.failures - failureFactor
      : Math.floor(counted.failures / failureFactor)
  // Permanent lockout disables the user at the limit even where no waiting time is set.
  return policy.permanentLockout
    ? Math.max(1, waitIncrementSeconds * factor)
    : waitIncrementSeconds * factor
}

function exceedsSecondary(counted: LoginFailure, { maxSecondaryAuthFailures }: BruteForcePolicy) {
  return maxSecondaryAuthFailures > 0 && counted.secondaryFailures > maxSecondaryAuthFailures
}

function forGood(failure: LoginFailure): { after: LoginFailure; lockout: Lockout } {
  return { after: { ...failure, notBefore: lockedForGood }, lockout: 'permanent' }
}

function locked(
  failure: LoginFailure,
  policy: BruteForcePolicy,
  now: number,
  waitSeconds: number,
): { after: LoginFailure; lockout: Lockout } {
  const seconds = Math.min(policy.maxFailureWaitSeconds, waitSeconds)
  // Whole seconds, since Keycloak's `failedLoginNotBefore` is in seconds.
  const notBefore = (Math.floor(now / 1000) + seconds) * 1000
  return { after: { ...failure, notBefore }, lockout: 'temporary' }
}
