import { ClientPolicyRefusal } from '../../../domains/policy-enforcement/client-policy-refusal.ts'
import type { ClientUpdater } from '../../../domains/policy-enforcement/policy-occasion.ts'
import { HttpError } from '../../../http/http-error.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'

type Deps = Pick<AdminDeps, 'urls'>

/** @returns who changes a client by Admin REST, as client policies look at it */
export function clientUpdater({
  deps,
  request,
  administrator,
}: AdminCall<unknown, Deps>): ClientUpdater {
  return {
    by: 'ByAuthenticatedUser',
    user: administrator.user,
    ipAddress: deps.urls.clientAddress(request),
  }
}

/** @throws HttpError with the error of the executor that refuses, as Keycloak answers */
export async function withPolicies<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof ClientPolicyRefusal)) throw error
    throw new HttpError(400, { error: error.error, error_description: error.message })
  }
}
