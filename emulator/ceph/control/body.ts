/** A request that the control API cannot use; answered with 400 and this text. */
export class BadRequest extends Error {}

export type Body = Readonly<Record<string, unknown>>;

export function textIn(body: Body, name: string, otherwise?: string): string {
  const value = body[name] ?? otherwise;
  if (typeof value !== "string" || value === "") throw new BadRequest(`${name} must be a text`);
  return value;
}

export function numberIn(body: Body, name: string, otherwise?: number): number {
  const value = body[name] ?? otherwise;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new BadRequest(`${name} must be a number`);
  return value;
}

export function flagIn(body: Body, name: string, otherwise: boolean): boolean {
  const value = body[name] ?? otherwise;
  if (typeof value !== "boolean") throw new BadRequest(`${name} must be true or false`);
  return value;
}

export function choiceIn<C extends string>(body: Body, name: string, choices: readonly C[]): C {
  const choice = choices.find((one) => one === body[name]);
  if (choice === undefined) throw new BadRequest(`${name} is one of ${choices.join(", ")}`);
  return choice;
}
