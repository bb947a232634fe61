import { gpu } from "../gpu.ts";
import { frontend, nginxPackages } from "../nginx.ts";
import { app, pythonPackages } from "../python.ts";
import { combined, type Guest, portOf, type Setup, type Template } from "../setup.ts";

const packages = { ...nginxPackages, ...pythonPackages };

/** FastAPI behind nginx: `/health` and predictions, with PyTorch for the machine's GPU or for its CPU. */
function serving(name: string, doc: string, port: number, guest: Guest): Setup {
  const set = guest.machine.gpu === undefined ? "model-cpu" : "model-gpu";
  const local = 8001;
  const command = `uvicorn --host 127.0.0.1 --port ${local} --no-server-header app:app`;
  return combined([
    gpu(guest),
    frontend({ name, listen: port, local }),
    app({ name, doc, set, command, writes: guest.machine.data?.folders ?? [] }, guest),
  ]);
}

export const serve: Template = {
  doc: "A tenant's model, served",
  packages,
  setup: (guest) => serving("serve", serve.doc, portOf("tenant inference"), guest),
};

export const infer: Template = {
  doc: "The shared model, served",
  packages,
  setup: (guest) => serving("infer", infer.doc, portOf("inference"), guest),
};

export const model: Template = {
  doc: "The tagging model, served",
  document: "TPL-MODEL",
  packages,
  setup: (guest) => serving("model", model.doc, portOf("prediction"), guest),
};
