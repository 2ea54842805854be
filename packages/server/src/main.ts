import { freshBundle } from './fresh-bundle.ts'

// A thousand small modules cost more at the start than what they do: where the build has bundled them, the bundle is run.
const bundle = freshBundle(import.meta.dirname)
const { runProcess }: typeof import('./run-process.ts') =
  bundle === undefined ? await import('./run-process.ts') : await import(bundle)

process.exitCode = await runProcess(process.argv.slice(2))
