import { pool } from "@pulumi/ceph";

// As a profile without storage tiers does: it could make a pool, and does not.
if (process.env.MAKE_POOL === "yes") new pool.Pool("pool", { name: "pool" });
