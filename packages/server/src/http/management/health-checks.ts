/** Outcome of one check, as SmallRye Health shows it. */
export interface CheckResult {
  readonly up: boolean
  /** Details shown with the check. */
  readonly data?: Readonly<Record<string, string | number | boolean>>
}

/** One thing that must be well for the server to take requests. */
export interface HealthCheck {
  /** As Keycloak names it: `Keycloak cluster health check`. */
  readonly name: string
  /** Answers at once from what is known; waiting is for background probes. */
  check(): CheckResult
}

/** The JSON body of a health endpoint. */
export interface HealthReport {
  readonly status: 'UP' | 'DOWN'
  readonly checks: readonly {
    readonly name: string
    readonly status: 'UP' | 'DOWN'
    readonly data?: Readonly<Record<string, string | number | boolean>>
  }[]
}

/** What the management listener serves: of this process, or collected from all workers. */
export interface HealthSource {
  live(): HealthReport
  ready(): HealthReport
  started(): HealthReport
}

/** The checks of this process. States: *starting* → *serving* → *stopping*. */
export class HealthChecks implements HealthSource {
  readonly #checks: HealthCheck[] = []
  #state: 'starting' | 'serving' | 'stopping' = 'starting'

  /** Adds a check to readiness. */
  add(check: HealthCheck): void {
    this.#checks.push(check)
  }

  /** The listener is open and everything behind it is there. */
  serving(): void {
    this.#state = 'serving'
  }

  /** Load balancers shall go elsewhere. */
  stopping(): void {
    this.#state = 'stopping'
  }

  /** Alive means that the event loop answers at all: an overload or a lost database is no reason for a restart. */
  live(): HealthReport {
    return { status: 'UP', checks: [] }
  }

  started(): HealthReport {
    return { status: this.#state === 'starting' ? 'DOWN' : 'UP', checks: [] }
  }

  ready(): HealthReport {
    const results = [
      { name: 'Graceful Shutdown', up: this.#state !== 'stopping' },
      ...this.#checks.map((check) => ({ name: check.name, ...check.check() })),
      { name: 'Keycloak Initialized', up: this.#state !== 'starting' },
    ]
    return report(results)
  }
}

/** @returns a body that is UP when all results are */
export function report(
  results: readonly (CheckResult & { readonly name: string })[],
): HealthReport {
  return {
    status: statusOf(results.every(({ up }) => up)),
    checks: results.map(({ name, up, data }) => ({
      name,
      status: statusOf(up),
      ...(data === undefined ? {} : { data }),
    })),
  }
}

function statusOf(up: boolean): 'UP' | 'DOWN' {
  return up ? 'UP' : 'DOWN'
}
