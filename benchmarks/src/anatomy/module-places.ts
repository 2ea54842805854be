import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where a module begins in a bundle: the bundler writes its path above it. */
const moduleComment = /^\/\/ ((?:packages|node_modules)\/\S+\.[cm]?js)$/

interface Beginning {
  readonly line: number
  readonly place: string
}

/** Tells of which module a line of the server's program is, although the server runs as a few bundled files. */
export class ModulePlaces {
  readonly #bundles = new Map<string, readonly Beginning[]>()

  /**
   * @param url of the script, as V8 gives it
   * @param line from zero
   * @returns `http/json-answer` of the server, `fastify` of a package, `node:net`; `V8` where there is no script
   */
  of(url: string, line: number): string {
    if (url === '') return 'V8'
    if (url.startsWith('node:')) return url
    if (!url.startsWith('file:')) return 'another script'
    const beginnings = this.#beginningsIn(url)
    const module = beginnings.findLast((beginning) => beginning.line <= line)
    return module?.place ?? placeOf(fileURLToPath(url))
  }

  #beginningsIn(url: string): readonly Beginning[] {
    let beginnings = this.#bundles.get(url)
    if (beginnings === undefined) {
      beginnings = readFileSync(fileURLToPath(url), 'utf8')
        .split('\n')
        .flatMap((text, line) => {
          const path = moduleComment.exec(text)?.[1]
          return path === undefined ? [] : [{ line, place: placeOf(path) }]
        })
      this.#bundles.set(url, beginnings)
    }
    return beginnings
  }
}

function placeOf(path: string): string {
  const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)
  if (found?.[1] !== undefined) return found[1]
  return path
    .replace(/^.*packages\//, '')
    .replace(/^server\/dist\//, '')
    .replace(/\.[cm]?js$/, '')
}
