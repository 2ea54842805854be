/** Where finished lines go. */
export interface LineSink {
  /** @param text one or more lines, each with its line feed */
  write(text: string): void
}
