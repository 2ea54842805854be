/** What was looked at, how it is, and what to do about it. */
export interface Finding {
  readonly outcome: 'ok' | 'warning' | 'failed'
  /** `database`, `cluster`, `hostname`, … */
  readonly subject: string
  readonly text: string
  /** One thing to do; absent when all is well. */
  readonly mend?: string
}

export function ok(subject: string, text: string): Finding {
  return { outcome: 'ok', subject, text }
}

export function warning(subject: string, text: string, mend: string): Finding {
  return { outcome: 'warning', subject, text, mend }
}

export function failed(subject: string, text: string, mend: string): Finding {
  return { outcome: 'failed', subject, text, mend }
}
