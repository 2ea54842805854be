import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoPeople } from '../harness/demo-realm.ts'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'
import { NodeGroup } from './node-group.ts'
import { RoundRobin } from './round-robin.ts'
import { publicRealmUrl, redemption, ScriptedUser, tokenRequest } from './scripted-user.ts'

const nodes = 3
const killEveryMs = 2_000
/** Kills that even a slow machine survives often enough. */
const killsMin = 5
const logins = 300
const refreshesPerLogin = 3
const usersAtOnce = 6
const redemptionsAtOnce = 50
const codesRedeemed = 10
/** The logins are spread over this time, so that they meet many kills; a soak sets `HOLDFAST_KILL_SECONDS`. */
const spreadMs = Number(process.env['HOLDFAST_KILL_SECONDS'] ?? '45') * 1_000

describe('three nodes of which one is killed every two seconds', () => {
  let database: TestDatabase
  let group: NodeGroup
  let balancer: RoundRobin
  beforeAll(async () => {
    database = await createTestDatabase()
    group = await NodeGroup.start(database.url, nodes)
    balancer = new RoundRobin(group.origins)
  })
  afterAll(async () => {
    balancer?.[Symbol.dispose]()
    await group?.[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
  })

  it(
    'lets every login and refresh succeed and loses no session',
    async () => {
      const users: ScriptedUser[] = []
      const failures: string[] = []
      await whileKilling(group, async () => {
        await Promise.all(
          Array.from({ length: usersAtOnce }, (_, worker) =>
            signInMany(worker, balancer, users, failures),
          ),
        )
      })
      await group.untilAllReady()
      expectNone(failures)
      expect(users).toHaveLength(logins)
      expectNone(await lost(users, balancer))
      expect(group.kills).toBeGreaterThanOrEqual(killsMin)
    },
    spreadMs + 120_000,
  )

  it('redeems a code exactly once when 50 requests bring it at the same time', async () => {
    await group.untilAllReady()
    for (let round = 0; round < codesRedeemed; round++) {
      const outcomes = await redeemAtOnce(new ScriptedUser('person-0', balancer), balancer)
      expect(outcomes.filter((status) => status === 200)).toHaveLength(1)
      expect(outcomes.filter((status) => status === 400)).toHaveLength(redemptionsAtOnce - 1)
    }
  })

  it('redeems a code at most once while nodes die', async () => {
    await whileKilling(group, async () => {
      for (let round = 0; round < codesRedeemed; round++) {
        const outcomes = await redeemAtOnce(new ScriptedUser('person-1', balancer), balancer)
        expect(outcomes.filter((status) => status === 200).length).toBeLessThanOrEqual(1)
      }
    })
    await group.untilAllReady()
  }, 120_000)
})

/** @throws with all of them when there are any */
function expectNone(failures: readonly string[]): void {
  if (failures.length > 0) expect.fail(`${failures.length} failures:\n${failures.join('\n')}`)
}

/** Runs something while one node after the other is killed. */
async function whileKilling(group: NodeGroup, run: () => Promise<void>): Promise<void> {
  let next = 0
  let killing = Promise.resolve()
  let waiting = false
  const timer = setInterval(() => {
    if (waiting) return
    waiting = true
    killing = group.kill(next++).finally(() => {
      waiting = false
    })
  }, killEveryMs)
  try {
    await run()
  } finally {
    clearInterval(timer)
    await killing
  }
}

/** The share of one worker: login after login, each followed by refreshes, at an even pace. */
async function signInMany(
  worker: number,
  balancer: RoundRobin,
  users: ScriptedUser[],
  failures: string[],
): Promise<void> {
  const share = logins / usersAtOnce
  const begin = Date.now()
  for (let login = 0; login < share; login++) {
    const user = new ScriptedUser(`person-${(worker * share + login) % demoPeople}`, balancer)
    try {
      await user.login()
      for (let refresh = 0; refresh < refreshesPerLogin; refresh++) await user.refresh()
      users.push(user)
    } catch (error) {
      failures.push(String(error))
    }
    const due = begin + ((login + 1) * spreadMs) / share
    await new Promise((resume) => setTimeout(resume, Math.max(0, due - Date.now())))
  }
}

/** Users whose session does not answer any more, at whatever node. */
async function lost(users: readonly ScriptedUser[], balancer: RoundRobin): Promise<string[]> {
  const gone: string[] = []
  for (const user of users) {
    try {
      await user.refresh()
    } catch (error) {
      gone.push(String(error))
      continue
    }
    const answer = await balancer.patient({
      method: 'GET',
      url: `${publicRealmUrl}/protocol/openid-connect/userinfo`,
      headers: { authorization: `Bearer ${user.accessToken}` },
    })
    if (answer.status !== 200) gone.push(`${user.username}: userinfo ${answer.status}`)
  }
  return gone
}

/** Statuses of many redemptions of one code at all nodes; 0 where no answer came. */
async function redeemAtOnce(user: ScriptedUser, balancer: RoundRobin): Promise<number[]> {
  const code = await user.authorize(null)
  const request = tokenRequest(redemption(code))
  return Promise.all(
    Array.from({ length: redemptionsAtOnce }, async (_, index) => {
      try {
        return (await balancer.to(index)(request)).status
      } catch {
        return 0
      }
    }),
  )
}
