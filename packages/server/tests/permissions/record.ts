import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AdminSession } from '../admin/administrator.ts'
import { play } from './play.ts'
import { World } from './world.ts'

/**
 * Records what a real Keycloak answers to everybody's writes:
 * `node packages/server/dist-tests/permissions/record.js http://localhost:8180 admin admin`
 */
async function record(): Promise<void> {
  const [origin = '', username = '', password = ''] = process.argv.slice(2)
  const world = new World(origin, async () =>
    AdminSession.open(origin, 'master', { username, password }),
  )
  await world.unmake()
  await world.make()
  const matrix = await play(world)
  await world.unmake()
  const file = resolve('packages/server/tests/fixtures/admin/permission-matrix.json')
  await writeFile(file, `${JSON.stringify(matrix, null, 2)}\n`)
}

await record()
