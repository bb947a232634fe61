/**
 * Property tests draw the same values in every run: one that fails has been broken, and does not do so by chance on somebody else's
 * change. `FC_SEED=random` looks further, `FC_SEED=<number>` goes where a failure was.
 */
import fc from "fast-check";

const { FC_SEED: asked = "20261121" } = process.env;
if (asked !== "random") fc.configureGlobal({ seed: Number(asked) });
