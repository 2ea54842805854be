/** Least time between two lines where lines stay, milliseconds. */
const lineEveryMs = 5_000
const redrawEveryMs = 200

/** Where progress is shown. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/**
 * Tells how far long work is: how much is done, how fast, and how long the rest will take. On a terminal it is one line that
 * changes, elsewhere a line every few seconds.
 */
export class ProgressLine {
  readonly #output: ProgressOutput
  readonly #now: () => number
  #subject = ''
  #beganAt = 0
  #beganWith = 0
  #shownAt = 0

  /** @param now milliseconds */
  constructor(output: ProgressOutput, now: () => number) {
    this.#output = output
    this.#now = now
  }

  /** @param things what is counted, such as `users` */
  show(subject: string, done: number, total: number, things: string): void {
    const now = this.#now()
    const isNew = subject !== this.#subject
    if (isNew) {
      this.#subject = subject
      this.#beganAt = now
      this.#beganWith = done
    }
    const isLast = done >= total
    const pause = this.#output.isTTY === true ? redrawEveryMs : lineEveryMs
    if (!isNew && !isLast && now - this.#shownAt < pause) return
    this.#shownAt = now
    const share = total === 0 ? 100 : Math.floor((done / total) * 100)
    const seconds = (now - this.#beganAt) / 1000
    const rate = seconds > 0 ? (done - this.#beganWith) / seconds : 0
    const left = rate > 0 ? `, ${duration((total - done) / rate)} left` : ''
    const speed = rate > 0 ? `, ${Math.round(rate)}/s` : ''
    const text = `${subject}: ${done} of ${total} ${things} (${share}%)${speed}${isLast ? '' : left}`
    if (this.#output.isTTY !== true) this.#output.write(`${text}\n`)
    else this.#output.write(`\r\u001b[K${text}${isLast ? '\n' : ''}`)
  }
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  if (hours > 0) return `${hours}h${String(minutes).padStart(2, '0')}m`
  return minutes > 0 ? `${minutes}m${String(whole % 60).padStart(2, '0')}s` : `${whole}s`
}
