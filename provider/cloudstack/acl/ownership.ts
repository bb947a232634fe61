/** Which rules of a list are the program's. A rule is known by its number; one that was moved, by what it says. */
import { type Item, isSame, type Rule } from "./rule.ts";

/**
 * The rules among `items` that are the `known` ones: those with their numbers, and, for each known rule that does not stand at its
 * number, one that says the same elsewhere. It was moved there by hand, or by an update that broke off (see plan.ts).
 */
export function ownAmong(items: readonly Item[], known: readonly Rule[]): Item[] {
  const numbered = items.filter((item) => known.some(({ number }) => number === item.number));
  return [...numbered, ...movedAmong(items, known, numbered)];
}

/**
 * What an update finds of its own: the rules that the state holds, those that already are as wanted, and wanted ones that an
 * earlier update of the same kind has put behind all others to make room.
 */
export function ownBeforeUpdate(items: readonly Item[], state: readonly Rule[], wanted: readonly Rule[]): Item[] {
  const inPlace = items.filter(
    (item) => state.some(({ number }) => number === item.number) || wanted.some((rule) => isSame(rule, item)),
  );
  const held = [...inPlace, ...movedAmong(items, state, inPlace)];
  const last = Math.max(0, ...wanted.map(({ number }) => number));
  const behind = items.filter(({ number }) => number > last);
  return [...held, ...movedAmong(behind, wanted, held)];
}

/** One item, none of `taken`, for each rule that none of them already is. */
function movedAmong(items: readonly Item[], rules: readonly Rule[], taken: readonly Item[]): Item[] {
  const moved: Item[] = [];
  for (const rule of rules) {
    if (taken.some((item) => isSame(item, rule))) continue;
    const found = items.find(
      (item) => !taken.includes(item) && !moved.includes(item) && isSame({ ...item, number: rule.number }, rule),
    );
    if (found !== undefined) moved.push(found);
  }
  return moved;
}
