import { compute } from "@pulumi/cloudstack";
import { secret, unsecret } from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random";

const group = new compute.AffinityGroup("group", { name: "strata-apart", type: "host anti-affinity" });
const word = secret("correct-horse");

export const password = process.env.WRONG === undefined ? word : unsecret(word);
export const groupId = group.id;

const key = (name: string) => new RandomBytes(name, { length: 64 }).base64;
const first = key("tenant-a");
export const dataKeys = { "tenant-a": first, "tenant-b": process.env.WRONG === undefined ? key("tenant-b") : first };
