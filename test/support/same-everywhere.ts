/** Before every file of tests: what would differ from one machine, or one run, to the next. */
import fc from "fast-check";

// A user's shell may point to a server of his own, and have his language and settings: none of that is the tests' business.
const theUsers = /^(CLOUDSTACK_|CEPH_|STRATA_(LANG|OVERRIDES|POLICY_CONFIG|POLICY_RECORDS)$)/;
for (const name of Object.keys(process.env)) if (theUsers.test(name)) delete process.env[name];
process.env.LC_ALL = "C.UTF-8";

// Property tests draw the same values in every run: one that fails has been broken, and does not do so by chance on somebody
// else's change. `FC_SEED=random` looks further, `FC_SEED=<number>` goes where a failure was.
const { FC_SEED: seed = "20261121" } = process.env;
if (seed !== "random") fc.configureGlobal({ seed: Number(seed) });
