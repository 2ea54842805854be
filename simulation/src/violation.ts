/** Something happened in a run that must never happen. */
export class Violation extends Error {}
