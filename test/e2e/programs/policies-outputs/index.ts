import { compute } from "@pulumi/cloudstack";
import { secret, unsecret } from "@pulumi/pulumi";

const group = new compute.AffinityGroup("group", { name: "strata-apart", type: "host anti-affinity" });
const word = secret("correct-horse");

export const password = process.env.WRONG === undefined ? word : unsecret(word);
export const groupId = group.id;
