import { z } from "zod";

/** What a test's own rule must say about itself and nobody looks at there. */
export const plainRule = {
  description: { en: "", ko: "" },
  severity: "high",
  requirements: [],
  frameworks: [],
  remediation: { en: [], ko: [] },
  example: "",
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: ["test:x:Box"],
} as const;
