/**
 * `node packages/server/dist-tests/admin-cli/record.js PATH_OF_KCADM_SH SERVER PASSWORD`: plays the commands with Keycloak's own
 * tool against a Keycloak, and keeps what it left in `recorded.json`. JAVA_HOME names the Java to run it with.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { play, recordings } from './play.ts'

const [tool = 'kcadm.sh', server = 'http://localhost:8080', password = 'admin'] =
  process.argv.slice(2)
const stage = { server, password, realm: 'cli-recorded', program: 'kcadm.sh' }
const played = await play(stage, async (args, input) => {
  const { status, stdout, stderr } = spawnSync(tool, args, { input, encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
})
const file = resolve(recordings, 'recorded.json')
writeFileSync(file, `${JSON.stringify(played, null, 2)}\n`)
