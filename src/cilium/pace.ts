/** When a long piece of work gives way to others: after so many steps, however they come. */
export class Pace {
  readonly #stepsPerPause: number;
  #taken = 0;

  constructor(stepsPerPause: number) {
    this.#stepsPerPause = stepsPerPause;
  }

  take(steps: number): void {
    this.#taken += steps;
  }

  /** Once for so many steps, these among them. */
  isPauseDue(steps = 0): boolean {
    this.#taken += steps;
    if (this.#taken < this.#stepsPerPause) return false;
    this.#taken = 0;
    return true;
  }
}
