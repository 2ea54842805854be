/**
 * Keycloak publishes its admin console for npm as one module of four megabytes, in which the borders between its pages are
 * gone, and everybody would load all pages before the first. Its source maps, in the same package, hold the modules that it
 * was made of, each page behind an `import()`. This Vite plugin builds from those, so that a page is loaded when it is
 * opened. Styles come from the package's own style sheet, under the names that it gave to CSS modules.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

const scheme = 'published:'
const styleSuffix = '.style-names'
const moduleEndings = ['', '.ts', '.tsx', '/index.ts', '/index.tsx']

/** Path below the package → source text, of every module in the source maps. */
function sourcesIn(library) {
  const sources = new Map()
  for (const file of readdirSync(library).filter((name) => name.endsWith('.js.map'))) {
    const map = JSON.parse(readFileSync(join(library, file), 'utf8'))
    map.sources.forEach((path, index) => {
      const text = map.sourcesContent?.[index]
      if (path.startsWith('../src/') && typeof text === 'string') sources.set(path.slice(3), text)
    })
  }
  return sources
}

/** `_name_hash_line` in the style sheet → what the module exports as `name`. */
function classNamesIn(styleSheet) {
  const names = new Map()
  for (const [full, name] of styleSheet.matchAll(/\b_([A-Za-z][\w-]*)_[a-z0-9]{5}_\d+/g)) {
    names.set(name, full)
  }
  return names
}

/**
 * @param library folder with the published modules and their source maps
 * @param styleSheet the published style sheet
 * @param name of the package: `{name}/{path}` imports the module of that path
 */
export function publishedSources({ library, styleSheet, name }) {
  const sources = sourcesIn(library)
  const classNames = classNamesIn(readFileSync(styleSheet, 'utf8'))
  const find = (path) =>
    moduleEndings.map((ending) => path + ending).find((each) => sources.has(each))
  return {
    name: 'published-sources',
    enforce: 'pre',
    resolveId(imported, importer) {
      if (imported.startsWith(`${name}/src/`)) {
        const found = find(imported.slice(name.length + 1))
        if (found === undefined) this.error(`${imported} was not published`)
        return scheme + found
      }
      if (!importer?.startsWith(scheme)) return null
      if (!imported.startsWith('.')) {
        // Libraries are found from where the package stands.
        return this.resolve(imported, join(library, 'index.js'), { skipSelf: true })
      }
      const path = posix.join(posix.dirname(importer.slice(scheme.length)), imported)
      // What is not in the maps held types only.
      // A style sheet must not look like one to Vite, which would read it as CSS.
      return scheme + (find(path) ?? path.replace(/\.css$/, styleSuffix))
    },
    load(id) {
      if (!id.startsWith(scheme)) return null
      const path = id.slice(scheme.length)
      if (path.endsWith(`.module${styleSuffix}`)) {
        return { code: `export default ${JSON.stringify(Object.fromEntries(classNames))}` }
      }
      if (path.endsWith(styleSuffix)) return { code: '' }
      const code = sources.get(path)
      if (code === undefined) return { code: 'export default undefined' }
      return { code, moduleType: path.endsWith('.tsx') ? 'tsx' : 'ts' }
    },
  }
}
