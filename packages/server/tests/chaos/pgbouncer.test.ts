import { describe, expect, it } from 'vitest'
import { demoPassword, demoRealm, demoSecret } from '../harness/demo-realm.ts'
import { startServer } from '../harness/server-process.ts'
import { chaosUnavailable } from './chaos-tools.ts'
import { PgBouncer } from './pgbouncer.ts'
import { PostgresPair } from './postgres-pair.ts'

const unavailable = chaosUnavailable(['pgbouncer'])
if (unavailable !== null) console.warn(unavailable)

describe.skipIf(unavailable !== null)('PgBouncer in transaction mode', () => {
  it('serves logins, whose caches are filled from snapshots of several statements', async () => {
    await using postgres = await PostgresPair.start(false)
    await using pooler = await PgBouncer.start(postgres.port)
    await using server = await startServer({
      databaseUrl: `postgres://postgres@127.0.0.1:${pooler.port}/postgres`,
      realms: [demoRealm(1)],
    })
    const answer = await fetch(`${server.realmUrl('demo')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'app',
        client_secret: demoSecret('app'),
        username: 'person-0',
        password: demoPassword('person-0'),
      }),
    })
    expect({ status: answer.status, log: server.log.match(/DatabaseError.*/)?.[0] }).toEqual({
      status: 200,
      log: undefined,
    })
  })
})
