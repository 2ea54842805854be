import type { Results } from '../report/write-results.ts'

/** What every profile may ask for. */
export interface ProfileContext {
  /** A PostgreSQL in which databases may be created. */
  readonly postgresUrl: string
  /** The same over TCP; null where there is no such way. */
  readonly postgresTcpUrl: string | null
  /** Seconds of each measurement. */
  readonly seconds: number
  readonly connections: number
  /** Seconds of load that both servers of a comparison get before they are measured. */
  readonly warmupSeconds: number
  /** Worker processes of the server that is compared; `npm start` has one. */
  readonly workers: number
  /** How long the soak lasts. */
  readonly minutes: number
  /** Factor on the sizes of the profiles growth and scale. */
  readonly scale: number
  /** Axes of growth, with commas between; null measures all. */
  readonly axis: string | null
  /** Says what is being done, so that nobody waits in the dark. */
  readonly progress: (text: string) => void
}

export type Profile = (context: ProfileContext) => Promise<Results>
