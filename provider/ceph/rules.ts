/** Rules across properties. Values may be unknown or absent: only what is there is judged. */
import type { Issue } from "../core/errors.ts";
import type { PlainObject } from "../core/values.ts";
import { tenantOf } from "./buckets.ts";

export function checkPool(inputs: PlainObject, before: PlainObject | undefined): Issue[] {
  const { type, erasureCodeProfile, ecOverwrites, size, minSize, pgAutoscaleMode, pgNum } = inputs;
  const issues: Issue[] = [];
  const wrong = (path: string, reason: string) => issues.push({ path, reason });
  if (type === "erasure" && erasureCodeProfile === undefined)
    wrong("erasureCodeProfile", "is required for erasure pools");
  if (type === "replicated") {
    if (erasureCodeProfile !== undefined) wrong("erasureCodeProfile", 'is for erasure pools only → type: "erasure"');
    if (ecOverwrites === true) wrong("ecOverwrites", 'is for erasure pools only → type: "erasure"');
  }
  if (type === "erasure" && size !== undefined) {
    wrong("size", "is for replicated pools only: an erasure pool has the k + m chunks of its profile");
  }
  if (typeof size === "number" && typeof minSize === "number" && minSize > size) {
    wrong("minSize", `${minSize}: at most size, which is ${size}`);
  }
  if (pgAutoscaleMode === "on" && pgNum !== undefined) {
    wrong("pgNum", 'the autoscaler sets it → leave it out, or set pgAutoscaleMode to "off" or "warn"');
  }
  if (before?.ecOverwrites === true && ecOverwrites === false && before.name === inputs.name) {
    wrong("ecOverwrites", "cannot be switched off again → true, or a new pool under another name");
  }
  return [...issues, ...compressionNeedsMode(inputs)];
}

export function compressionNeedsMode(inputs: PlainObject): Issue[] {
  if (inputs.compressionMode !== undefined) return [];
  const idle = ["compressionAlgorithm", "compressionRequiredRatio"].filter((name) => inputs[name] !== undefined);
  return idle.map((path) => ({ path, reason: "needs compressionMode" }));
}

export function checkBucket(inputs: PlainObject, before: PlainObject | undefined): Issue[] {
  const { lockEnabled, lockMode, lockRetentionDays, versioning, owner, name, placementTarget } = inputs;
  const issues: Issue[] = [];
  const wrong = (path: string, reason: string) => issues.push({ path, reason });
  for (const [name, value] of Object.entries({ lockMode, lockRetentionDays })) {
    if (lockEnabled === true && value === undefined) wrong(name, "is required with lockEnabled");
    if (lockEnabled === false && value !== undefined) wrong(name, "needs lockEnabled: true");
  }
  if (lockEnabled === true && versioning === false) {
    wrong("versioning", "false: a bucket with object lock always keeps versions → true, or leave it out");
  }
  const wasIn = before?.name === name ? before?.placementTarget : undefined;
  if (typeof wasIn === "string" && typeof placementTarget === "string" && wasIn !== placementTarget) {
    wrong(
      "placementTarget",
      `${placementTarget}: the bucket stays in ${wasIn} → that, or a new bucket under another name`,
    );
  }
  if (typeof owner === "string" && typeof before?.owner === "string" && before.name === name) {
    const [was, is] = [tenantOf(before.owner), tenantOf(owner)];
    if (was !== is)
      wrong("owner", `${owner}: the bucket cannot leave ${was === undefined ? "for a tenant" : `tenant ${was}`}`);
  }
  return issues;
}
