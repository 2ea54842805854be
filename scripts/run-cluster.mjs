/**
 * `npm run cluster -- --nodes 3`: separate server processes on one database behind a small round-robin proxy on port 8080,
 * to play with: kill one, and see what happens. Ctrl+C stops everything. A node that dies is started again.
 * The database is the embedded one under `data/`, or what `KC_DB_URL` names.
 */
import { spawn } from 'node:child_process'
import { createServer, request as send } from 'node:http'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EmbeddedPostgres } from '../packages/server/dist/database/embedded/embedded-postgres.js'

const nodesMax = 16
const restartPauseMs = 1_000
const stopLimitMs = 20_000
const main = join(import.meta.dirname, '..', 'packages', 'server', 'dist', 'main.js')

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '3' },
    port: { type: 'string', default: '8080' },
  },
})
const count = Math.min(Math.max(Number.parseInt(values.nodes, 10) || 1, 1), nodesMax)
const publicPort = Number.parseInt(values.port, 10)
const nodes = Array.from({ length: count }, (_, index) => ({
  name: `node-${index + 1}`,
  port: publicPort + index + 1,
  managementPort: 9000 + index,
  meshPort: 7800 + index,
  child: undefined,
}))
const state = { stopping: false, next: 0 }

const print = (text) => console.log(`[cluster] ${text}`)
const logger = {
  info: print,
  warn: print,
  error: print,
  debug: () => undefined,
  trace: () => undefined,
  isLevelEnabled: () => false,
}

const database =
  process.env['KC_DB_URL'] === undefined
    ? await EmbeddedPostgres.start(resolve('data'), logger)
    : undefined
const databaseOptions = database === undefined ? [] : database.commandLine(count)

function startNode(node) {
  const options = [
    ...databaseOptions,
    `--http-port=${node.port}`,
    `--http-management-port=${node.managementPort}`,
    `--hostname=http://localhost:${publicPort}`,
    '--hostname-backchannel-dynamic=true',
    '--cache=ispn',
    `--cache-embedded-node-name=${node.name}`,
    '--cache-embedded-network-bind-address=127.0.0.1',
    `--cache-embedded-network-bind-port=${node.meshPort}`,
  ]
  const child = spawn(process.execPath, [main, 'start-dev', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  node.child = child
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      for (const line of text.split('\n').filter(Boolean)) console.log(`[${node.name}] ${line}`)
    })
  }
  print(
    `${node.name} is process ${child.pid}: http ${node.port}, management ${node.managementPort}`,
  )
  child.once('exit', (code, signal) => {
    node.child = undefined
    if (state.stopping) return
    print(`${node.name} ended (${signal ?? `exit code ${code}`}), starting it again`)
    setTimeout(() => !state.stopping && startNode(node), restartPauseMs)
  })
}

/** Sends a request to the next node; to another one as long as no node has taken it. */
function forward(request, response, attemptsLeft) {
  state.next = (state.next + 1) % nodes.length
  const { port, name } = nodes[state.next]
  const headers = { ...request.headers, 'x-served-by': name }
  const upstream = send(
    // No connection outlives its request: one to a node that was killed meanwhile would fail the next.
    { port, host: '127.0.0.1', method: request.method, path: request.url, headers, agent: false },
    (answer) => {
      response.writeHead(answer.statusCode, { ...answer.headers, 'x-served-by': name })
      answer.pipe(response)
    },
  )
  upstream.on('error', (error) => {
    const harmless = request.method === 'GET' || request.method === 'HEAD'
    const untouched = error.code === 'ECONNREFUSED' || (harmless && !response.headersSent)
    if (untouched && attemptsLeft > 0) {
      forward(request, response, attemptsLeft - 1)
    } else if (response.headersSent) {
      response.destroy()
    } else {
      response.writeHead(502, { 'retry-after': '1' }).end()
    }
  })
  upstream.once('socket', (socket) => {
    // The body may be read only once: not before some node has accepted the connection.
    if (socket.connecting) socket.once('connect', () => request.pipe(upstream))
    else request.pipe(upstream)
  })
  response.once('close', () => upstream.destroy())
}

async function stop() {
  if (state.stopping) return
  state.stopping = true
  proxy.close()
  proxy.closeAllConnections()
  const ended = nodes.map(({ child }) => child && new Promise((done) => child.once('exit', done)))
  for (const { child } of nodes) child?.kill('SIGTERM')
  const limit = new Promise((done) => setTimeout(done, stopLimitMs).unref())
  await Promise.race([Promise.all(ended), limit])
  for (const { child } of nodes) child?.kill('SIGKILL')
  await database?.[Symbol.asyncDispose]()
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop())
const proxy = createServer((request, response) => forward(request, response, nodes.length - 1))
proxy.listen(publicPort, 'localhost', () =>
  print(`open http://localhost:${publicPort}, kill a node by its process id`),
)
nodes.forEach(startNode)
