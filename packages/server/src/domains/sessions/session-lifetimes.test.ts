import { describe, expect, it } from 'vitest'
import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { ClientSession, UserSession } from './session.ts'
import {
  clientSessionEndsAt,
  clientSessionRestartBounds,
  isSessionValid,
  sessionEndsAt,
} from './session-lifetimes.ts'

const second = 1_000
const start = 1_000_000_000_000

function realmWith(settings: Record<string, unknown>): Realm {
  const usual = {
    rememberMe: true,
    ssoSessionIdleTimeout: 1_800,
    ssoSessionMaxLifespan: 36_000,
    ssoSessionIdleTimeoutRememberMe: 0,
    ssoSessionMaxLifespanRememberMe: 0,
    offlineSessionIdleTimeout: 2_592_000,
    offlineSessionMaxLifespanEnabled: false,
    offlineSessionMaxLifespan: 5_184_000,
    clientSessionIdleTimeout: 0,
    clientSessionMaxLifespan: 0,
    clientOfflineSessionIdleTimeout: 0,
    clientOfflineSessionMaxLifespan: 0,
  }
  return { id: 'r', settings: { ...usual, ...settings } } as unknown as Realm
}

const clientWith = (attributes: Record<string, string>) =>
  ({ id: 'c', representation: { attributes } }) as unknown as Client

const session = (over: Partial<UserSession> = {}): UserSession => ({
  id: 's',
  offline: false,
  realmId: 'r',
  userId: 'u',
  startedAt: start,
  lastAccess: start,
  rememberMe: false,
  ipAddress: '',
  notes: {},
  ver: 1,
  ...over,
})
const used = { startedAt: start, lastAccess: start } as ClientSession

describe('how long a session lasts', () => {
  it('is the shorter of idle timeout and maximum', () => {
    const realm = realmWith({})
    expect(sessionEndsAt(realm, session())).toBe(start + 1_800 * second)
    const late = session({ lastAccess: start + 35_000 * second })
    expect(sessionEndsAt(realm, late)).toBe(start + 36_000 * second)
  })

  it('is another for remembered sessions, where the realm sets one', () => {
    const realm = realmWith({ ssoSessionIdleTimeoutRememberMe: 5_000 })
    expect(sessionEndsAt(realm, session({ rememberMe: true }))).toBe(start + 5_000 * second)
    expect(sessionEndsAt(realmWith({}), session({ rememberMe: true }))).toBe(start + 1_800 * second)
  })

  it('has no maximum offline unless the realm enables one', () => {
    const old = session({ offline: true, lastAccess: start + 90_000_000 * second })
    expect(sessionEndsAt(realmWith({}), old)).toBe(old.lastAccess + 2_592_000 * second)
    const limited = realmWith({ offlineSessionMaxLifespanEnabled: true })
    expect(sessionEndsAt(limited, old)).toBe(start + 5_184_000 * second)
  })

  it('takes 0 as the default of Keycloak', () => {
    const realm = realmWith({ ssoSessionIdleTimeout: 0 })
    expect(sessionEndsAt(realm, session())).toBe(start + 1_800 * second)
  })

  it('follows the present settings: a shortened lifetime ends sessions that live', () => {
    const now = start + 1_000 * second
    expect(isSessionValid(realmWith({}), session(), now)).toBe(true)
    expect(isSessionValid(realmWith({ ssoSessionIdleTimeout: 900 }), session(), now)).toBe(false)
    const remembered = session({ rememberMe: true })
    expect(isSessionValid(realmWith({ rememberMe: false }), remembered, now)).toBe(false)
    expect(isSessionValid(realmWith({}), session({ realmId: 'other' }), now)).toBe(false)
  })
})

describe("how long a client's part of a session lasts", () => {
  it('is limited by the client, then the realm, and always by the session', () => {
    const ends = (settings: Record<string, unknown>, attributes: Record<string, string> = {}) =>
      (clientSessionEndsAt(realmWith(settings), clientWith(attributes), session(), used) - start) /
      second
    expect(ends({})).toBe(1_800)
    expect(ends({ clientSessionIdleTimeout: 1_200 })).toBe(1_200)
    expect(ends({ clientSessionIdleTimeout: 1_200 }, { 'client.session.idle.timeout': '60' })).toBe(
      60,
    )
    expect(ends({ clientSessionMaxLifespan: 500 })).toBe(500)
    expect(ends({ ssoSessionMaxLifespan: 300 }, { 'client.session.max.lifespan': '900' })).toBe(300)
  })

  it('starts anew once it would have ended', () => {
    const now = start + 100_000 * second
    const realm = realmWith({ clientSessionMaxLifespan: 500, clientSessionIdleTimeout: 200 })
    expect(clientSessionRestartBounds(realm, clientWith({}), session(), now)).toEqual({
      startedBefore: now - 500 * second,
      usedBefore: now - 200 * second,
    })
  })
})
