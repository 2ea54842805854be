import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

/** Where Debian puts its Chromium. */
const executablePath = '/usr/bin/chromium'
/** Longest that installing Chromium may take. */
const installTimeoutMs = 300_000

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Whether a real Chromium can be driven here. As root on Debian it is installed when it is missing; elsewhere one line
 * says what is missing and which tests are therefore left out.
 */
export async function hasChromium(tests: string): Promise<boolean> {
  if (existsSync(executablePath)) return true
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) await install()
  if (existsSync(executablePath)) return true
  console.warn(`${executablePath} is missing (apt-get install chromium): left out ${tests}`)
  return false
}

async function install(): Promise<void> {
  const run = promisify(execFile)
  const options = {
    timeout: installTimeoutMs,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }
  const wait = ['-o', 'DPkg::Lock::Timeout=240']
  const apt = (...words: string[]): Promise<unknown> => run('apt-get', [...wait, ...words], options)
  try {
    await apt('update')
    await apt('install', '-y', '--no-install-recommends', 'chromium')
  } catch (error) {
    console.warn(`chromium could not be installed: ${String(error).slice(0, 300)}`)
  }
}

/** Starts a headless Chromium; close it when done. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath, args: flags, headless: true })
}
