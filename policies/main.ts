/** The pack's process: the engine starts it for `--policy-pack policies`. */
import { readFileSync } from "node:fs";
import { servePlugin } from "../tools/plugin/serve.ts";
import { rules } from "./catalogue.generated.ts";
import { readExceptions } from "./core/exceptions.ts";
import { addAnalyzer } from "./core/service.ts";
import { liveLookUp } from "./live/look-up.ts";

const here = (file: string) => new URL(file, import.meta.url);
const { version } = JSON.parse(readFileSync(here("package.json"), "utf8")) as { version: string };

servePlugin((server) =>
  addAnalyzer(server, {
    rules,
    version,
    lookUp: liveLookUp(),
    exceptions: () => readExceptions(here("exceptions.yaml")),
  }),
);
