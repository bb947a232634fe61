/** The entry that the plan promises to be there. Throws where it is not: the plan and the program disagree. */
export function known<T>(things: Readonly<Record<string, T>>, key: string): T {
  const thing = things[key];
  if (thing === undefined) throw new RangeError(`"${key}" is not among ${Object.keys(things).join(", ")}`);
  return thing;
}
