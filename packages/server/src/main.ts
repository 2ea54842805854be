import { BundledProgram } from './runtime/bundled-program.ts'
import { bundleEntry, freshBundle } from './runtime/fresh-bundle.ts'

type RunProcess = typeof import('./run-process.ts')

// A thousand small modules cost more at the start than what they do: where the build has bundled them, the bundle is run.
const bundle = freshBundle(import.meta.dirname)
const { runProcess } =
  bundle === undefined
    ? await import('./run-process.ts')
    : (new BundledProgram(bundle).load(bundleEntry) as RunProcess)

process.exitCode = await runProcess(process.argv.slice(2))
