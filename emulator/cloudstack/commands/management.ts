import { stableUuid } from "../models/random.ts";

/** The one management server of the emulated cloud. */
export const managementServer = {
  id: stableUuid("management-server"),
  name: "localhost",
  version: "4.22.0.0-SNAPSHOT",
};
