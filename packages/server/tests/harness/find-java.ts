import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const majorMin = 21
/** Where operating systems and version switchers put Java. */
const places = [
  '/usr/lib/jvm',
  '/usr/local/lib/jvm',
  '/opt',
  '/opt/java',
  '/Library/Java/JavaVirtualMachines',
  `${process.env['HOME'] ?? ''}/.sdkman/candidates/java`,
]
const execute = promisify(execFile)

/** The directory of a Java of version 21 or later. @throws where none is found */
export async function findJava(): Promise<string> {
  const given = process.env['JAVA_HOME']
  const found = places
    .filter(existsSync)
    .flatMap((place) =>
      readdirSync(place).flatMap((name) => [join(place, name), join(place, name, 'Contents/Home')]),
    )
  for (const home of [...(given === undefined ? [] : [given]), ...found]) {
    if ((await majorOf(join(home, 'bin', 'java'))) >= majorMin) return home
  }
  throw new Error(`no Java of version ${majorMin} or later; JAVA_HOME may name one`)
}

async function majorOf(java: string): Promise<number> {
  if (!existsSync(java)) return 0
  try {
    const { stderr } = await execute(java, ['-version'])
    return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0)
  } catch {
    return 0
  }
}
