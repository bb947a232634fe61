/** Whole numbers from first to last, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

interface Claim extends Range {
  holder: string;
}

/** Disjoint ranges and who holds them, sorted: claiming takes logarithmic time. */
export class Ranges {
  readonly #claims: Claim[] = [];

  /** Whose range overlaps: undefined when nobody's does, or only the holder's own. */
  claim({ first, last }: Range, holder: string): string | undefined {
    const at = this.#after(first);
    const neighbours = [this.#claims[at - 1], this.#claims[at]];
    const other = neighbours.find((one) => one !== undefined && one.first <= last && first <= one.last);
    if (other === undefined) this.#claims.splice(at, 0, { first, last, holder });
    return other === undefined || other.holder === holder ? undefined : other.holder;
  }

  /** The first claim that begins after a number. */
  #after(number: number): number {
    let [low, high] = [0, this.#claims.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#claims[middle]?.first ?? 0) <= number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
