import { type Command, listing } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { listParameters, ref, text } from "./parameters.ts";

const listOsTypes = listing({
  name: "listOsTypes",
  audience: "user",
  parameters: { ...listParameters, id: ref("osTypes"), description: text, oscategoryid: ref("osCategories") },
  reply: "ostype",
  rows: ({ tables, args }) =>
    tables.osTypes.filter(
      (os) =>
        fits(os, { id: args.id?.id, name: args.description, categoryId: args.oscategoryid?.id }) &&
        mentions(args.keyword, os.name),
    ),
  render: (os, { tables }) => {
    const category = tables.osCategories.need(os.categoryId);
    return {
      id: os.uuid,
      name: os.name,
      oscategoryid: category.uuid,
      oscategoryname: category.name,
      description: os.name,
      isuserdefined: false,
      fordisplay: true,
    };
  },
});

const listOsCategories = listing({
  name: "listOsCategories",
  audience: "user",
  parameters: { ...listParameters, id: ref("osCategories"), name: text },
  reply: "oscategory",
  rows: ({ tables, args }) =>
    tables.osCategories.filter(
      (one) => fits(one, { id: args.id?.id, name: args.name }) && mentions(args.keyword, one.name),
    ),
  render: (category) => ({ id: category.uuid, name: category.name }),
});

export const osTypeCommands: readonly Command[] = [listOsTypes, listOsCategories];
