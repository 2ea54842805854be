import type { User, UserMemberships } from './user.ts'

/** Verbs that other folders use. All reads but `search` go through the cache (kind `users`, tag `user:{id}`). */
export interface Users {
  byId(realmId: string, userId: string): Promise<User | null>
  byUsername(realmId: string, username: string): Promise<User | null>
  byEmail(realmId: string, email: string): Promise<User | null>
  /** As the login form takes it: user name, or e-mail where the realm allows it. */
  byLogin(realm: { id: string; settings: { loginWithEmailAllowed: boolean } }, login: string): Promise<User | null>
  serviceAccountOf(realmId: string, clientUuid: string): Promise<User | null>
  memberships(user: User): Promise<UserMemberships>
}
