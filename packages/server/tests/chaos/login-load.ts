import { demoRedirectUri } from '../harness/demo-realm.ts'
import { RoundRobin } from '../kill/round-robin.ts'
import { ScriptedUser } from '../kill/scripted-user.ts'
import type { ChaosNode } from './chaos-node.ts'
import { type Credentials, issueOf, type Session } from './credentials.ts'
import type { History } from './history.ts'
import { now } from './run-clock.ts'

/** People with lower numbers sign in here. */
const peopleHere = 8

/** Logins through a browser at whatever node answers, and codes brought to several nodes at once. */
export class LoginLoad implements Disposable {
  readonly #nodes: readonly ChaosNode[]
  readonly #balancer: RoundRobin
  readonly #credentials: Credentials
  readonly #history: History
  /** Sessions that must live until the end of the run. */
  readonly sessions: Session[] = []
  readonly failures: string[] = []
  #turn = 0

  constructor(nodes: readonly ChaosNode[], credentials: Credentials, history: History) {
    this.#nodes = nodes
    this.#balancer = new RoundRobin(nodes.map(({ origin }) => origin))
    this.#credentials = credentials
    this.#history = history
  }

  /** One login, or every third time one code for all nodes. */
  async play(): Promise<void> {
    const turn = this.#turn++
    const user = new ScriptedUser(`person-${turn % peopleHere}`, this.#balancer)
    try {
      if (turn % 3 === 2) await this.#redeemEverywhere(user)
      else await this.#login(user)
    } catch (error) {
      this.failures.push(String(error))
    }
  }

  [Symbol.dispose](): void {
    this.#balancer[Symbol.dispose]()
  }

  async #login(user: ScriptedUser): Promise<void> {
    const sentAt = now()
    await user.login()
    const session = this.#credentials.session(JSON.stringify({ refresh_token: user.refreshToken }))
    this.#history.issues.push(issueOf(session, sentAt))
    this.sessions.push(session)
  }

  async #redeemEverywhere(user: ScriptedUser): Promise<void> {
    const code = await user.authorize(null)
    const bring = async (node: ChaosNode) => {
      const sentAt = now()
      const redeemed = await this.#credentials.redeem(code, demoRedirectUri, node)
      const trace = { kind: 'code consumed', code } as const
      if (redeemed) this.#history.redemptions.push({ code, sentAt, at: now(), trace })
    }
    await Promise.all(this.#nodes.map(bring))
    await Promise.all(this.#nodes.map(bring))
  }
}
