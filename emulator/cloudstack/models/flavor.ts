import { isMissing } from "../api/mold.ts";
import type { World } from "./world.ts";

/** Whether this server knows kinds of limits and capacity, settings and fields of that name: Mold counts no GPUs. */
export function knows({ flavor }: Pick<World, "flavor">, name: string): boolean {
  return flavor !== "mold" || !isMissing(name);
}
