import type { User } from '../../users/user.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

/** @returns first and last name as one text; empty when the user has neither */
export function fullNameOf(user: User): string {
  return [user.firstName, user.lastName].filter((part) => part).join(' ')
}

export const fullNameMapper: ProtocolMapperType = {
  id: 'oidc-full-name-mapper',
  priority: 0,
  targets: allTargets,
  apply(claims, { user }) {
    const name = fullNameOf(user)
    if (name !== '') claims['name'] = name
  },
}
