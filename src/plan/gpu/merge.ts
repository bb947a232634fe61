import type { Mistake } from "../../kit/errors.ts";
import { isLegal } from "./mig.ts";
import type { CardCatalogue, CardModel, MigGeometry } from "./types.ts";

/**
 * The catalogue with a site's own cards in it. A card of a known model replaces it: a server may call its slices
 * something else. Where the mistakes are not empty, the catalogue holds the good cards only.
 * @param path Where the site's cards stand, for the mistakes' paths.
 */
export function mergeCards(
  known: CardCatalogue,
  own: readonly CardModel[],
  path = "infrastructure.gpu.cards",
): { catalogue: CardCatalogue; mistakes: Mistake[] } {
  const catalogue = new Map(known);
  const mistakes: Mistake[] = [];
  const seen = new Set<string>();
  for (const card of own) {
    const where = `${path}[${card.model}]`;
    const wrong = mistakesOf(card, where);
    if (seen.has(card.model)) {
      wrong.push({ path: where, rule: "each model is declared once", remedy: "give the second one another name" });
    }
    seen.add(card.model);
    mistakes.push(...wrong);
    if (wrong.length === 0) catalogue.set(card.model, card);
  }
  return { catalogue, mistakes };
}

function mistakesOf(card: CardModel, path: string): Mistake[] {
  const mistakes: Mistake[] = [];
  if (!(card.memoryGib > 0)) mistakes.push({ path: `${path}.memory`, value: card.memoryGib, rule: "above 0 GiB" });
  for (const id of ["vendorId", "deviceId"] as const) {
    if (/^[0-9a-f]{4}$/.test(card[id])) continue;
    mistakes.push({ path: `${path}.${id}`, value: card[id], rule: "a PCI id: four hexadecimal digits, lower case" });
  }
  const { passthrough, vgpu, timeSlicing = [], mig } = card;
  if (!passthrough && vgpu.length + timeSlicing.length === 0 && mig === undefined) {
    mistakes.push({
      path,
      rule: "a card is given whole or in slices",
      remedy: "allow passthrough, or declare profiles under vgpu",
    });
  }
  return [...mistakes, ...sliceMistakes(card, path), ...(mig ? migMistakes(card, mig, `${path}.mig`) : [])];
}

function sliceMistakes({ vgpu, timeSlicing = [], memoryGib: cardGib }: CardModel, path: string): Mistake[] {
  const all = [
    ...vgpu.map((profile) => ({ ...profile, where: `${path}.vgpu[${profile.name}]` })),
    ...timeSlicing.map((profile) => ({ ...profile, where: `${path}.timeSlicing[${profile.name}]` })),
  ];
  return all.flatMap(({ name, memoryGib, perCard, where }, index) => {
    const mistakes: Mistake[] = [];
    if (all.findIndex((other) => other.name === name) !== index) {
      mistakes.push({ path: where, rule: "profile names differ" });
    }
    if (!(memoryGib > 0) || !Number.isInteger(perCard) || perCard < 1) {
      mistakes.push({ path: where, value: { memoryGib, perCard }, rule: "memory above 0 GiB, at least one per card" });
    } else if (memoryGib * perCard > cardGib) {
      mistakes.push({
        path: where,
        value: `${perCard} x ${memoryGib} GiB`,
        rule: `all slices of a card together have at most its ${cardGib} GiB`,
        remedy: `perCard: ${Math.max(1, Math.floor(cardGib / memoryGib))}`,
      });
    }
    return mistakes;
  });
}

function migMistakes(card: CardModel, geometry: MigGeometry, path: string): Mistake[] {
  const mistakes: Mistake[] = [];
  if (!(geometry.memorySlices >= 1 && geometry.memorySlices <= 30)) {
    return [{ path: `${path}.memorySlices`, value: geometry.memorySlices, rule: "from 1 to 30 memory slices" }];
  }
  for (const profile of geometry.profiles) {
    const where = `${path}.profiles[${profile.name}]`;
    const inside = profile.starts.every(
      (start) => Number.isInteger(start) && start >= 0 && start + profile.memorySlices <= geometry.memorySlices,
    );
    if (profile.starts.length === 0 || !inside || profile.memorySlices < 1) {
      mistakes.push({
        path: `${where}.starts`,
        value: profile.starts,
        rule: `places where ${profile.memorySlices} memory slices end before slice ${geometry.memorySlices}`,
      });
    } else if (!isLegal(geometry, [{ profile, start: profile.starts[0] ?? 0 }])) {
      mistakes.push({ path: where, rule: `at most the card's ${geometry.computeSlices} compute slices` });
    }
    if (!(profile.memoryGib > 0 && profile.memoryGib <= card.memoryGib)) {
      mistakes.push({ path: `${where}.memory`, value: profile.memoryGib, rule: `up to ${card.memoryGib} GiB` });
    }
  }
  return mistakes;
}
