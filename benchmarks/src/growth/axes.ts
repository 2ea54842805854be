import type { TestDatabase } from '@holdfast/server/harness/test-database'
import type { AdminAccess } from '../load/admin-scenarios.ts'
import type { Operation } from '../load/load.ts'
import { seedRealms } from './seed-realms-store.ts'
import { seeds } from './seed-store.ts'

/** Something that grows, and what is measured besides what is measured everywhere. */
export interface Axis {
  readonly points: readonly number[]
  /** Brings the database from one point to the next; left out where servers are added instead. */
  readonly seed?: (database: TestDatabase, from: number, to: number) => Promise<void>
  readonly probes: (admin: AdminAccess) => readonly (readonly [name: string, run: Operation])[]
}

/** Everything that grows, with the points of the full run. */
export const axes: Readonly<Record<string, Axis>> = {
  realms: {
    points: [1, 10, 100, 1_000, 5_000],
    seed: seedRealms,
    probes: (admin) => [
      ['brief list of realms', admin.get('?briefRepresentation=true')],
      ['one realm', admin.get('/demo')],
    ],
  },
  clients: {
    points: [1, 100, 1_000, 5_000, 20_000],
    seed: seeds.clients,
    probes: (admin) => [
      ['client by id', admin.get('/demo/clients?clientId=app')],
      ['page of 20 clients', admin.get('/demo/clients?first=0&max=20')],
      ['search for a client', admin.get('/demo/clients?clientId=grown-1&search=true&max=20')],
      ['session counts', admin.get('/demo/client-session-stats')],
    ],
  },
  users: {
    points: [1_000, 10_000, 100_000, 300_000, 1_000_000],
    seed: seeds.users,
    probes: (admin) => [
      ['page of 20 users', admin.get('/demo/users?first=0&max=20')],
      ['search by beginning', admin.get('/demo/users?search=grown-99&max=20')],
      ['search inside a name', admin.get('/demo/users?username=erson-42&max=20')],
      ['search inside, no match', admin.get('/demo/users?search=*nobody-of-that-name*&max=20')],
      ['number of users', admin.get('/demo/users/count')],
    ],
  },
  sessions: {
    points: [0, 10_000, 100_000, 1_000_000, 10_000_000],
    seed: seeds.sessions,
    probes: (admin) => [['session counts', admin.get('/demo/client-session-stats')]],
  },
  roles: {
    points: [1, 10, 100, 300, 1_000],
    seed: seeds.roles,
    probes: (admin) => [['page of 20 roles', admin.get('/demo/roles?first=0&max=20')]],
  },
  groups: {
    points: [10, 100, 1_000, 10_000, 100_000],
    seed: seeds.groups,
    probes: (admin) => [
      ['page of 20 groups', admin.get('/demo/groups?first=0&max=20')],
      ['search for a group', admin.get('/demo/groups?search=grown-11&first=0&max=20')],
    ],
  },
  nodes: { points: [1, 2, 4, 6, 8], probes: () => [] },
}
