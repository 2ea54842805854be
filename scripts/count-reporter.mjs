import { writeFileSync } from 'node:fs'

/**
 * Vitest reporter that writes `{ passed, failed, skipped }` to the file named by `HOLDFAST_TEST_COUNTS`, and names every
 * test that passed at its second attempt only.
 */
// biome-ignore lint/style/noDefaultExport: Vitest loads a reporter by its default export
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      let testsFailed = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (test.diagnostic()?.flaky) console.log(`second attempt: ${test.fullName}`)
        if (state === 'passed') counts.passed += 1
        else if (state === 'failed') testsFailed += 1
        else counts.skipped += 1
      }
      // A file that fails to load, or whose hooks fail, has no failed test to count.
      counts.failed += testsFailed === 0 && module.state() === 'failed' ? 1 : testsFailed
    }
    const file = process.env['HOLDFAST_TEST_COUNTS']
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts))
  }
}
