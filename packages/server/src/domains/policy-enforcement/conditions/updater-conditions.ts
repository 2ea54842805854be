import { type ClientChange, isClientChange, type PolicyOccasion } from '../policy-occasion.ts'
import { textsOf } from '../rule-configuration.ts'
import { type PolicyCondition, voteOf } from './condition.ts'

/** Who makes or changes a client. They say nothing about anything else. */
export const updaterConditions: Readonly<Record<string, PolicyCondition>> = {
  'client-updater-context': (occasion, configuration) => {
    const change = writeOf(occasion)
    if (!change) return 'abstain'
    return voteOf(textsOf(configuration, 'update-client-source').includes(change.updater.by))
  },
  'client-updater-source-host': (occasion, configuration) => {
    const change = writeOf(occasion)
    if (!change) return 'abstain'
    // Names of hosts are never looked up: whoever owns an address says what it is called.
    return voteOf(textsOf(configuration, 'trusted-hosts').includes(change.updater.ipAddress))
  },
  'client-updater-source-groups': async (occasion, configuration, { users }) => {
    const change = writeOf(occasion)
    if (!change) return 'abstain'
    const { user } = change.updater
    if (user === null) return 'no'
    const wanted = textsOf(configuration, 'groups')
    const { groups } = await users.memberships(user)
    return voteOf(groups.some(({ name }) => wanted.includes(name)))
  },
  'client-updater-source-roles': async (occasion, configuration, { users }) => {
    const change = writeOf(occasion)
    if (!change) return 'abstain'
    const { user } = change.updater
    if (user === null) return 'no'
    const wanted = textsOf(configuration, 'roles')
    const { roles } = await users.memberships(user)
    return voteOf(roles.some(({ name }) => wanted.includes(name)))
  },
}

function writeOf(occasion: PolicyOccasion): ClientChange | null {
  if (!isClientChange(occasion)) return null
  return occasion.event === 'VIEW' || occasion.event === 'UNREGISTER' ? null : occasion
}
