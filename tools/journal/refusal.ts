/** Told to the engine with a status of HTTP; 409 is for "another run has it". */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
