/** Groups of properties that many CloudStack resources share. */
import { id, map, text } from "../core/fields.ts";
import { readTags } from "./wire.ts";

/** A name in a list that is sent as one text: the server takes a comma for the end of it. */
export function word() {
  return text({
    min: 1,
    rule: (name) => (name.includes(",") ? "one name without a comma; several are several elements" : undefined),
  });
}

/** Owner of a thing; without both, the account whose keys are used. */
export const owner = {
  account: text({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "Name of the account that owns it; needs `domainId`. Default: the caller's account.",
  }),
  domainId: id("identity:Domain", {
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "Id of the owning account's domain.",
  }),
} as const;

/** Tags of a taggable thing. Tags that others set are left alone and not reported. */
export const tags = map(text({ min: 1 }), {
  optional: true,
  param: false,
  decode: readTags,
  doc: "Tags: name to value. Only these are managed; tags set by others are left alone.",
});
