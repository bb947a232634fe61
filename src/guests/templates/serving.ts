import { gpu } from "../gpu.ts";
import { frontend, nginxPackages } from "../nginx.ts";
import { aiSet, app, pythonPackages } from "../python.ts";
import { combined, type Guest, portOf, type Setup, type Template } from "../setup.ts";
import { nodePackages, scheduledNode } from "./scheduling.ts";

const packages = { ...nginxPackages, ...pythonPackages };

/** FastAPI behind nginx: `/health` and predictions, with PyTorch for the machine's GPU or for its CPU. */
function serving(name: string, doc: string, ports: { listen: number; local: number }, guest: Guest): Setup {
  const command = `uvicorn --host 127.0.0.1 --port ${ports.local} --no-server-header app:app`;
  return combined([
    gpu(guest),
    frontend({ name, ...ports }),
    app({ name, doc, set: aiSet(guest), command, writes: guest.machine.data?.folders ?? [] }, guest),
  ]);
}

export const serve: Template = {
  doc: "A tenant's model, served",
  packages,
  setup: (guest) => serving("serve", serve.doc, { listen: portOf("tenant inference"), local: 8001 }, guest),
};

export const infer: Template = {
  doc: "The shared model, served, and the scheduler's agent for batch jobs beside it",
  packages: { ...packages, ...nodePackages },
  setup: (guest) =>
    combined([serving("infer", infer.doc, { listen: portOf("inference"), local: 8004 }, guest), scheduledNode(guest)]),
};

export const model: Template = {
  doc: "The tagging model, served",
  document: "TPL-MODEL",
  packages,
  setup: (guest) => serving("model", model.doc, { listen: portOf("prediction"), local: 8005 }, guest),
};
