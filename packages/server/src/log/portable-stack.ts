const frame = /^\s+at /
/** Greedy: of a path that goes through several such folders the last one counts. */
const upToTheProgram = /(?:file:\/\/)?(?:\/[^\s():]*)?\/(?=(?:packages|node_modules)\/)/

/**
 * A stack trace whose places begin at the program's own folders: where somebody built or installed it is nobody's business
 * who reads a log. The message stays as it is.
 */
export function portableStack(stack: string): string {
  return stack
    .split('\n')
    .map((line) => (frame.test(line) ? line.replace(upToTheProgram, '') : line))
    .join('\n')
}
