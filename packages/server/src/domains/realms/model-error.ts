type ModelRefusal = 'duplicate' | 'conflict' | 'missing' | 'invalid' | 'input'

/** A change that the model refuses; protocols turn it into their own answer. */
export class ModelError extends Error {
  /**
   * `duplicate`: a unique name is taken. `conflict`: as `duplicate`, where Keycloak answers `conflict`. `missing`: what it refers
   * to is not there. `invalid`: a rule forbids it. `input`: as `invalid`, where Keycloak answers `invalid_input`.
   */
  readonly reason: ModelRefusal

  constructor(reason: ModelRefusal, message: string) {
    super(message)
    this.reason = reason
  }
}

/** @returns whether a database error says that a unique index refused a row (SQLSTATE 23505) */
export function isUniqueViolation(error: unknown): error is Error & { constraint?: string } {
  return error instanceof Error && (error as { code?: unknown }).code === '23505'
}

/**
 * Runs a write and turns a refused unique index into a `duplicate` model error.
 * @param message what Keycloak says for it
 */
export async function orDuplicate<T>(message: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (isUniqueViolation(error)) throw new ModelError('duplicate', message)
    throw error
  }
}
