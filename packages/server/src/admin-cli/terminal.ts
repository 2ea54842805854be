/** What a command line tool has around it: streams, variables, a home directory. */
export interface Terminal {
  /** What the tool was called by: `kcadm.sh`, `holdfast admin`. */
  readonly program: string
  readonly home: string
  readonly variable: (name: string) => string | undefined
  readonly now: () => number
  readonly out: (text: string | Uint8Array) => void
  readonly err: (text: string) => void
  /** The whole standard input. */
  readonly readAll: () => Promise<string>
  /** Asks for a secret: undefined where nobody can be asked. */
  readonly ask: (what: string) => Promise<string | undefined>
}
