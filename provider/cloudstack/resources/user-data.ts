import { list, text } from "../../core/fields.ts";
import { owner, word } from "../fields.ts";
import { call, defineResource, rows } from "../resource.ts";

export const userData = defineResource({
  token: "cloudstack:compute:UserData",
  doc:
    "Registered cloud-init user data that instances refer to. It cannot be changed or deleted while instances use it: " +
    "put a digest of the content into the name, so that a new content is a new registration.",

  inputs: {
    name: text({ min: 1, onChange: "replace", doc: "Unique within the account." }),
    userData: text({
      min: 1,
      max: 786_432,
      param: "userdata",
      onChange: "replace",
      encode: (plain) => Buffer.from(plain, "utf8").toString("base64"),
      decode: ({ userdata }) =>
        typeof userdata === "string" ? Buffer.from(userdata, "base64").toString("utf8") : undefined,
      doc: "The user data itself as plain text, at most 1 MiB when encoded; unique within the account.",
    }),
    params: list(word(), {
      optional: true,
      set: true,
      onChange: "replace",
      doc: "Names of the variables in it that each instance fills in with `userDataDetails`.",
    }),
    ...owner,
  },
  outputs: {},

  api: {
    create: call("registerUserData", { answer: "userdata" }),
    read: rows("listUserData"),
    delete: call("deleteUserData"),
  },

  // No room for a mark. Name and content are both unique in the account; what no instance has yet is taken over.
  leftover: {
    within: ({ account, domainId }) => ({ account, domainid: domainId }),
    isUsed: ({ api, signal }, { id }) => api.any("listVirtualMachines", { userdataid: String(id) }, { signal }),
  },
});
