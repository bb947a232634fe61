import { setImmediate } from "node:timers/promises";

/**
 * Lets go out to the engine what is registered so far, so that it works while the program goes on. A program that never waits
 * registers nothing before all of it has been thought through: a quarter of a second, in which the VPC could be under way.
 */
export const sent = (): Promise<void> => setImmediate();
