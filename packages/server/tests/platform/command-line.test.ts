import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { holdfast } from './holdfast-process.ts'

test.each([
  [['nope'], 2, "Unknown option: 'nope'"],
  [['start', '--http-prot=1'], 2, "Unknown option: '--http-prot'"],
  [['start', '--http-port'], 2, "Try 'holdfast start --help'"],
  [['start', '--http-port=abc'], 2, `Expected an integer value, got "abc"`],
  [['start', '--http-enabled=true'], 1, 'hostname is not configured'],
  [['start', '--hostname=id.test'], 2, 'Key material not provided to setup HTTPS'],
  [
    ['start', '--hostname=id.test', '--https-certificate-file=x.pem'],
    2,
    'https-certificate-key-file',
  ],
  [['export'], 2, 'Must specify either --dir or --file options.'],
  [['import', '--file=a', '--dir=b'], 2, 'Must specify either --dir or --file options.'],
  [['bootstrap-admin', 'user', '--username=a', '--no-prompt'], 2, 'No password provided'],
  [['--config-file=/nonexistent.conf', 'start'], 2, "File specified via '--config-file'"],
  [['--version'], 0, ''],
  [['--help'], 0, ''],
  [['start', '--help'], 0, ''],
  [['show-config'], 0, ''],
])('%j ends with exit code %i', async (args, code, complaint) => {
  const finished = await holdfast(args)
  expect(finished.stderr).toContain(complaint)
  expect(finished.code).toBe(code)
})

test('a port that is taken stops the start with one line', async () => {
  const blocker = createServer()
  await new Promise<void>((resolve) => blocker.listen(0, '0.0.0.0', resolve))
  const { port } = blocker.address() as { port: number }
  const options = ['--http-port=0', `--http-management-port=${port}`]
  const finished = await holdfast(['start-dev', ...options])
  blocker.close()
  expect(finished.code).toBe(1)
  expect(finished.stderr).toContain(`${port}`)
  expect(finished.stderr).toContain('EADDRINUSE')
  expect(finished.stderr).not.toContain(' at ')
})

test('secrets are masked by show-config', async () => {
  const { stdout } = await holdfast(['show-config', '--http-port=81'], {
    KC_DB_PASSWORD: 'swordfish',
  })
  expect(stdout).toContain(' kc.http-port = 81 (command line)')
  expect(stdout).toContain(' kc.db-password = ******* (environment)')
  expect(stdout).not.toContain('swordfish')
})
