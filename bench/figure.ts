/** A figure with the goal it is held to. */
export interface Figure {
  figure: string;
  value: number;
  unit: string;
  /** Empty where there is none. */
  goal: string;
}
