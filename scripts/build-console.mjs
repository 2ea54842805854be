/**
 * Builds a console into its `dist`: `node scripts/build-console.mjs packages/admin-console`. Every file is also
 * compressed here, once, so that the server never does. Does nothing when the build is newer than what it is made of.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'
import { publishedSources } from './published-sources.mjs'

const root = join(import.meta.dirname, '..')
const smallestCompressedBytes = 1024
const compressible = /\.(?:js|css|svg|json|html|txt|ttf)$/

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function modifiedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function upToDate(folder, manifest) {
  const sources = [
    import.meta.filename,
    join(import.meta.dirname, 'published-sources.mjs'),
    join(root, 'node_modules', '.package-lock.json'),
    join(folder, 'package.json'),
    ...files(join(folder, 'src')),
    ...files(join(folder, 'public')),
    ...files(join(root, 'packages', 'console-host', 'src')),
  ]
  const builtAt = modifiedAt(manifest)
  return sources.every((file) => modifiedAt(file) <= builtAt)
}

function compress(file) {
  const content = readFileSync(file)
  if (content.length < smallestCompressedBytes || !compressible.test(file)) return
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params }))
}

/** Libraries that remember what they were told, and whose copy serves all; npm installs some of them once per package. */
const singleCopies = [
  ['i18next', 'packages/console-host'],
  ['react-i18next', 'packages/console-host'],
  ['react-hook-form', 'node_modules/@keycloak/keycloak-ui-shared'],
]

function aliases() {
  const folderOf = ([name, owner]) =>
    dirname(createRequire(join(root, owner, 'package.json')).resolve(`${name}/package.json`))
  return Object.fromEntries(singleCopies.map((copy) => [copy[0], folderOf(copy)]))
}

function adminSources() {
  const library = join(root, 'node_modules', '@keycloak', 'keycloak-admin-ui', 'lib')
  const styleSheet = join(library, 'keycloak-admin-ui.css')
  return publishedSources({ library, styleSheet, name: '@keycloak/keycloak-admin-ui' })
}

async function buildConsole(folder) {
  const dist = join(folder, 'dist')
  const manifest = join(dist, 'manifest.json')
  if (upToDate(folder, manifest)) return
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    // Chunks find each other wherever the server is mounted.
    base: './',
    plugins: folder.endsWith('admin-console') ? [adminSources()] : [],
    publicDir: join(folder, 'public'),
    resolve: { alias: aliases(), dedupe: ['react', 'react-dom', 'react-router-dom'] },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: dist,
      emptyOutDir: true,
      manifest: 'manifest.json',
      modulePreload: { polyfill: false },
      sourcemap: false,
      target: 'es2022',
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: join(folder, 'src', 'main.jsx') },
    },
  })
  for (const file of files(dist)) compress(file)
}

const names = process.argv.slice(2)
for (const name of names.length > 0
  ? names
  : ['packages/admin-console', 'packages/account-console']) {
  const folder = join(root, name)
  const before = performance.now()
  await buildConsole(folder)
  const seconds = ((performance.now() - before) / 1000).toFixed(1)
  console.log(`${relative(root, folder)}: ${seconds} s`)
}
