import { readFile } from 'node:fs/promises'
import { changedDocument } from './changed-document.ts'
import { CliError } from './cli-error.ts'
import { jsonText } from './json-text.ts'
import type { ParsedCommand } from './parsed-command.ts'
import { documentOf } from './request-command.ts'
import type { Terminal } from './terminal.ts'

/** `new-object`: writes a JSON document from attributes, and asks no server. */
export async function newObject(command: ParsedCommand, terminal: Terminal): Promise<void> {
  const file = command.values.get('file')
  const text =
    file === undefined
      ? undefined
      : file === '-'
        ? await terminal.readAll()
        : await readFile(file, 'utf8').catch(() => {
            throw new CliError(`File not found: ${file}`)
          })
  const given = text === undefined ? undefined : documentOf(text)
  const document =
    command.changes.length === 0 ? (given ?? {}) : changedDocument(given, command.changes)
  const compressed = command.flags.has('compressed')
  terminal.out(compressed ? JSON.stringify(document) : jsonText(document))
  terminal.err('\n')
}
