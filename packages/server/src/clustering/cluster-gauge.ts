/** One sample of a metric: its labels beside those that every metric of the cluster has, and its value. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** Registers a gauge whose samples are read at the moment of a scrape. */
export type GaugeOf = (
  name: string,
  help: string,
  labelNames: string[],
  read: () => readonly Sample[],
) => unknown
