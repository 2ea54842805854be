import type { UserLifecycle } from '../../user-lifecycle/user-lifecycle.ts'
import type { User } from '../../users/user.ts'
import type { Users } from '../../users/users.ts'
import type { ActionResult, RequiredActionStep } from './required-action.ts'

declare module '../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'delete-account': object
  }
}

export interface DeleteAccountDeps {
  readonly users: Pick<Users, 'memberships'>
  readonly lifecycle: Pick<UserLifecycle, 'remove'>
}

/** Users may end their account where they have the role `delete-account` of the client `account`. */
export function deleteAccount(deps: DeleteAccountDeps): RequiredActionStep {
  return {
    id: 'delete_account',
    initiable: true,
    async challenge({ user }) {
      if (!(await mayDelete(deps, user))) return forbidden
      return { kind: 'challenge', page: { page: 'delete-account' } }
    },
    async process({ realm, user, record }) {
      // Asked again: the role may be gone since the page was made.
      if (!(await mayDelete(deps, user))) return forbidden
      await deps.lifecycle.remove(realm, user)
      record('DELETE_ACCOUNT')
      return { kind: 'ended', message: { key: 'userDeletedSuccessfully' } }
    },
  }
}

const forbidden: ActionResult = {
  kind: 'abort',
  error: 'user_delete_error',
  message: { key: 'deletingAccountForbidden' },
}

async function mayDelete({ users }: DeleteAccountDeps, user: User): Promise<boolean> {
  const { roles } = await users.memberships(user)
  return roles.some(({ clientId, name }) => clientId === 'account' && name === 'delete-account')
}
