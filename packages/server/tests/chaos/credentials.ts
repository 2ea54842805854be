import { demoPassword, demoSecret } from '../harness/demo-realm.ts'
import { formBody, type HttpAnswer, HttpClient } from '../harness/http-exchange.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { publicRealmUrl } from '../kill/scripted-user.ts'
import type { ChaosNode } from './chaos-node.ts'
import type { Attempt, Issue, Outcome } from './history.ts'
import { now } from './run-clock.ts'

/** Longest that a client of the run waits for one answer, in milliseconds. */
const answerTimeoutMs = 600
/** The same for an administrator, whose change waits for other nodes. */
const adminTimeoutMs = 4_000
/** How long the administrator's access token is used. */
const adminTokenMs = 20_000

/** Something that a node is asked to accept. */
export interface Credential {
  readonly subject: string
  use(node: ChaosNode): Promise<Attempt>
}

/** A session of the application, with the newest refresh token. */
export interface Session extends Credential {
  readonly sessionId: string
  refreshToken: string
}

/** Sends the requests of the run to the node that it names, and says what came of them. */
export class Credentials implements Disposable {
  readonly #http = new HttpClient(256)
  #admin: { readonly token: string; readonly until: number } | null = null

  /** A session of a person, by password; null when the node does not give one. */
  async signIn(username: string, node: ChaosNode): Promise<Session | null> {
    const answer = await this.#token(node, {
      grant_type: 'password',
      scope: 'openid',
      username,
      password: demoPassword(username),
      ...application,
    }).catch(() => null)
    return answer?.status === 200 ? this.session(answer.body) : null
  }

  /** @param body a token response */
  session(body: string): Session {
    const { refresh_token: refreshToken } = JSON.parse(body) as { refresh_token: string }
    const { sid: sessionId } = claims(refreshToken)
    const session: Session = {
      sessionId,
      subject: `session ${sessionId}`,
      refreshToken,
      use: (node) => this.#refresh(session, node),
    }
    return session
  }

  /** A client with one certain secret. */
  client(clientId: string, secret: string, subject: string): Credential {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret }
    return {
      subject,
      use: async (node) => (await this.#attempt(subject, node, form)).attempt,
    }
  }

  /** Redeems a code; true when tokens came. */
  async redeem(code: string, redirectUri: string, node: ChaosNode): Promise<boolean> {
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    const answer = await this.#token(node, { ...form, ...application }).catch(() => null)
    return answer?.status === 200
  }

  /** Ends a session as its user does. @returns whether the node said that it is done */
  async logOut(session: Session, node: ChaosNode): Promise<boolean> {
    const answer = await this.#send(node, {
      path: '/protocol/openid-connect/logout',
      form: { refresh_token: session.refreshToken, ...application },
    }).catch(() => null)
    return answer !== null && answer.status < 300
  }

  /**
   * Calls Admin REST of the demo realm.
   * @returns the answer's body when the node said that it is done, else null
   */
  async administer(
    node: ChaosNode,
    method: string,
    path: string,
    body?: object,
  ): Promise<string | null> {
    try {
      const token = await this.#adminToken(node)
      const answer = await this.#http.send(
        {
          method,
          url: `${publicRealmUrl.replace('/realms/', '/admin/realms/')}/${path}`,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          timeoutMs: adminTimeoutMs,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
        node.origin,
      )
      if (answer.status === 401) this.#admin = null
      return answer.status < 300 ? answer.body : null
    } catch {
      return null
    }
  }

  [Symbol.dispose](): void {
    this.#http[Symbol.dispose]()
  }

  async #refresh(session: Session, node: ChaosNode): Promise<Attempt> {
    const form = { grant_type: 'refresh_token', refresh_token: session.refreshToken }
    const { attempt, answer } = await this.#attempt(session.subject, node, {
      ...form,
      ...application,
    })
    if (attempt.outcome === 'granted' && answer !== null) {
      session.refreshToken = this.session(answer.body).refreshToken
    }
    return attempt
  }

  async #attempt(
    subject: string,
    node: ChaosNode,
    form: Record<string, string>,
  ): Promise<{ attempt: Attempt; answer: HttpAnswer | null }> {
    const sentAt = now()
    const answer = await this.#token(node, form).catch(() => null)
    const outcome = outcomeOf(answer)
    const status = answer?.status ?? null
    const detail = outcome === 'refused' ? (answer?.body.slice(0, 120) ?? '') : ''
    return {
      attempt: { subject, node: node.name, sentAt, answeredAt: now(), outcome, status, detail },
      answer,
    }
  }

  #token(node: ChaosNode, form: Record<string, string>): Promise<HttpAnswer> {
    return this.#send(node, { path: '/protocol/openid-connect/token', form })
  }

  #send(
    node: ChaosNode,
    request: { readonly path: string; readonly form: Record<string, string> },
  ): Promise<HttpAnswer> {
    const url = `${publicRealmUrl}${request.path}`
    const body = formBody(request.form)
    return this.#http.send(
      { method: 'POST', url, timeoutMs: answerTimeoutMs, ...body },
      node.origin,
    )
  }

  async #adminToken(node: ChaosNode): Promise<string> {
    if (this.#admin !== null && this.#admin.until > now()) return this.#admin.token
    const { username, password } = bootstrapAdmin
    const form = { grant_type: 'password', client_id: 'admin-cli', username, password }
    const url = publicRealmUrl.replace(/demo$/, 'master')
    const answer = await this.#http.send(
      {
        method: 'POST',
        url: `${url}/protocol/openid-connect/token`,
        timeoutMs: adminTimeoutMs,
        ...formBody(form),
      },
      node.origin,
    )
    if (answer.status !== 200) throw new Error(`no administrator's token: ${answer.status}`)
    const { access_token: token } = JSON.parse(answer.body) as { access_token: string }
    this.#admin = { token, until: now() + adminTokenMs }
    return token
  }
}

/** @param sentAt when the login began */
export function issueOf({ subject, sessionId }: Session, sentAt: number): Issue {
  return { subject, sentAt, at: now(), trace: { kind: 'session exists', sessionId } }
}

const application = { client_id: 'app', client_secret: demoSecret('app') }

function outcomeOf(answer: HttpAnswer | null): Outcome {
  if (answer === null || answer.status >= 500) return 'silent'
  return answer.status === 200 ? 'granted' : 'refused'
}

function claims(token: string): { sid: string } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    sid: string
  }
}
