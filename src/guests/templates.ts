import type { Role } from "../config/schema.ts";
import type { GuestMachine, Template } from "./setup.ts";
import { broker, db, tagging, web } from "./templates/documents.ts";
import { gateway } from "./templates/gateway.ts";
import { anonymise, data, registry, schedule, storage, train, validate } from "./templates/learning.ts";
import { monitor } from "./templates/monitoring.ts";
import { router } from "./templates/router.ts";
import { infer, model, serve } from "./templates/serving.ts";

/** What runs on machines, by the role that asks for it. A machine may have several. */
export const templates = {
  serve,
  train,
  data,
  validate,
  process: anonymise,
  infer,
  schedule,
  registry,
  storage,
  monitor,
  model,
  db,
  gateway,
  router,
  web,
  tagging,
  broker,
} as const satisfies Record<Role, Template>;

export type TemplateName = keyof typeof templates;
export const templateNames = Object.keys(templates) as TemplateName[];

/** The machine's templates; none for a bare guest. Throws a `RangeError` for a name that the catalogue does not have. */
export function templatesOf({ name, template = [] }: GuestMachine): Template[] {
  return [template].flat().map((key) => {
    if (!isTemplateName(key)) {
      throw new RangeError(`template of ${name} = "${key}": no such template; there are ${templateNames.join(", ")}`);
    }
    return templates[key];
  });
}

function isTemplateName(key: string): key is TemplateName {
  return Object.hasOwn(templates, key);
}
