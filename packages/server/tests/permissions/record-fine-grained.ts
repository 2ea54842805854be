import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AdminSession } from '../admin/administrator.ts'
import { FineGrainedWorld, fineGrainedCases } from './fine-grained-world.ts'

/**
 * Records what a real Keycloak lets partial administrators do:
 * `node packages/server/dist-tests/permissions/record-fine-grained.js http://localhost:8180 admin admin`
 */
async function record(): Promise<void> {
  const [origin = '', username = '', password = ''] = process.argv.slice(2)
  const realm = 'admin-fine-grained'
  const admin = await AdminSession.open(origin, 'master', { username, password })
  const signIn = async () => await AdminSession.open(origin, realm, FineGrainedWorld.administrator)
  const world = new FineGrainedWorld(admin, realm, signIn)
  await world.make()
  const answers: Record<string, Record<string, string>> = {}
  for (const each of fineGrainedCases) answers[each.name] = await world.play(each)
  await world.unmake()
  const file = resolve('packages/server/tests/fixtures/admin/fine-grained.json')
  await writeFile(file, `${JSON.stringify(answers, null, 2)}\n`)
}

await record()
