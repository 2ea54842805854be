import type { Dice } from './dice.ts'
import type { Scheduler } from './scheduler.ts'

/** The faults of the network at present. */
export interface NetworkFaults {
  meshLoss: number
  meshDuplicates: number
  /** The longest extra delay of a message between nodes, in ms; messages overtake each other. */
  meshDelayMs: number
  /** Extra time of each database message, at most, in ms. */
  databaseDelayMs: number
  /** One-way cuts between nodes: `from>to`. */
  readonly meshCuts: Set<string>
  /** Nodes that cannot reach the database. */
  readonly databaseCuts: Set<string>
}

/** Carries messages between nodes and to the database, with faults. */
export class Network {
  readonly faults: NetworkFaults = {
    meshLoss: 0,
    meshDuplicates: 0,
    meshDelayMs: 0,
    databaseDelayMs: 0,
    meshCuts: new Set(),
    databaseCuts: new Set(),
  }
  readonly #scheduler: Scheduler
  readonly #dice: Dice

  constructor(scheduler: Scheduler, dice: Dice) {
    this.#scheduler = scheduler
    this.#dice = dice
  }

  /** From one node to another: lost, late, twice, or in another order. */
  send(from: string, to: string, deliver: () => void): void {
    const { faults } = this
    if (faults.meshCuts.has(`${from}>${to}`) || this.#dice.chance(faults.meshLoss)) return
    const copies = this.#dice.chance(faults.meshDuplicates) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const late = faults.meshDelayMs > 0 && this.#dice.chance(0.5) ? faults.meshDelayMs : 0
      this.#scheduler.after(this.#dice.between(0.2, 2) + this.#dice.between(0, late), deliver)
    }
  }

  /** To the database or back; nothing arrives while the node is cut off. */
  toDatabase(node: string, deliver: () => void): void {
    const delay = this.#dice.between(0.2, 1.5) + this.#dice.between(0, this.faults.databaseDelayMs)
    this.#scheduler.after(delay, () => {
      if (!this.faults.databaseCuts.has(node)) deliver()
    })
  }

  reaches(from: string, to: string): boolean {
    return !this.faults.meshCuts.has(`${from}>${to}`) && !this.faults.meshCuts.has(`${to}>${from}`)
  }

  heal(): void {
    const { faults } = this
    Object.assign(faults, { meshLoss: 0, meshDuplicates: 0, meshDelayMs: 0, databaseDelayMs: 0 })
    faults.meshCuts.clear()
    faults.databaseCuts.clear()
  }
}
