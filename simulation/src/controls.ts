import { type Protocol, safeProtocol } from '@holdfast/cluster'
import { type Behaviour, safeBehaviour } from './behaviour.ts'

const broken = (changes: Partial<Protocol>, rest: Partial<Behaviour> = {}): Behaviour => ({
  ...safeBehaviour,
  ...rest,
  protocol: { ...safeProtocol, ...changes },
})

/**
 * Ways to break the protocol on purpose, each a mistake that somebody could make. The simulator must notice every one of
 * them; if it does not, its silence about the real protocol means nothing.
 */
export const controls: Readonly<Record<string, Behaviour>> = {
  'no-fill-token': broken({ overtakes: () => false }),
  'cursor-by-last-id': broken(
    {
      follows: (cursor, row) => row.v > cursor.v,
      agrees: (cursor, epoch) => cursor.v === epoch.v,
    },
    { numbersFromSequence: true },
  ),
  'counter-without-tag-chain': broken({
    follows: (cursor, row) => row.v === cursor.v + 1,
    agrees: (cursor, epoch) => cursor.v === epoch.v,
    pollIsOurs: () => true,
    pushIsOurs: () => true,
    fillIsOurs: () => true,
  }),
  'no-identity-check': broken({
    pollIsOurs: () => true,
    pushIsOurs: () => true,
    fillIsOurs: () => true,
  }),
  'wall-clock': broken({ elapsed: (since, now) => now.wall - since.wall }),
  'no-transaction-timeout': broken({}, { idleTimeoutMs: Number.POSITIVE_INFINITY }),
  'fills-on-another-connection': broken({ fillIsOurs: () => true }),
  'cleared-before-commit': broken({}, { announceBeforeCommit: true }),
  'clear-spares-fills-in-flight': broken({ clearRefusesFills: false }),
  'load-in-two-statements': broken({}, { twoStatementLoads: true }),
  'transfer-from-lagging-node': broken({ copyLags: () => false }),
  'push-from-lost-history': broken({ pushIsOurs: () => true }),
  'token-from-owner-copy': broken({}, { tokenFromOwnerCopy: true }),
  'answer-after-unanswered-commit': broken({}, { trustUnansweredCommit: true }),
  'machine-that-slept': broken({ elapsed: (since, now) => now.monotonic - since.monotonic }),
  'write-without-compare': broken({}, { writesWithoutCompare: true }),
  'view-without-lock': broken({}, { viewsWithoutLock: true }),
  'evicted-node-clings-to-membership': broken({}, { clingsToMembership: true }),
  'job-without-fencing': broken({}, { jobsWithoutFencing: true }),
  'shards-in-any-order': broken({}, { shardsInAnyOrder: true }),
}
