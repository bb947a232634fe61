/** URNs that resources of a state keep of each other, after something was renamed or has gone. */
import type { Deployment, StateResource } from "./deployment.ts";

/**
 * The same state with every reference by an alias replaced by the name that it stands for, and without the aliases.
 * @throws when two resources claim one alias
 */
export function canonical(deployment: Deployment): Deployment {
  const names = namesByAlias(deployment.resources ?? []);
  const nameOf = (urn: string) => names.get(urn) ?? urn;
  return { ...deployment, resources: (deployment.resources ?? []).map((resource) => renamed(resource, nameOf)) };
}

function namesByAlias(resources: readonly StateResource[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { urn, aliases, parent, type } of resources) {
    for (const alias of aliases ?? []) {
      const other = names.get(alias);
      if (other !== undefined && other !== urn) throw new Error(`${other} and ${urn} have the same alias: ${alias}`);
      names.set(alias, urn);
    }
    const newParent = parent === undefined ? undefined : names.get(parent);
    if (newParent !== undefined && !newParent.includes("::pulumi:pulumi:Stack::"))
      names.set(urn, below(newParent, urn, type));
  }
  return names;
}

/** A child's URN holds the types of all above it: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
function below(parent: string, urn: string, type: string): string {
  const [stack, project, parentType] = parent.split("::");
  return [stack, project, `${parentType}$${type}`, ...urn.split("::").slice(3)].join("::");
}

function renamed({ aliases: _aliases, ...resource }: StateResource, nameOf: (urn: string) => string): StateResource {
  const { parent, provider, dependencies, propertyDependencies, deletedWith, viewOf } = resource;
  return {
    ...resource,
    urn: nameOf(resource.urn),
    ...(parent !== undefined && { parent: nameOf(parent) }),
    ...(provider !== undefined && { provider: renamedProvider(provider, nameOf) }),
    ...(dependencies !== undefined && { dependencies: dependencies.map(nameOf) }),
    ...(propertyDependencies !== undefined && {
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([key, urns]) => [key, urns?.map(nameOf) ?? null]),
      ),
    }),
    ...(deletedWith !== undefined && { deletedWith: nameOf(deletedWith) }),
    ...(viewOf !== undefined && { viewOf: nameOf(viewOf) }),
  } as StateResource;
}

/** `URN::ID` of the provider's own resource. */
function renamedProvider(provider: string, nameOf: (urn: string) => string): string {
  if (provider === "") return provider;
  const end = provider.lastIndexOf("::");
  return `${nameOf(provider.slice(0, end))}${provider.slice(end)}`;
}

/** The same resources without references to those that a refresh found gone; each comes after what it refers to. */
export function withoutDangling(resources: readonly StateResource[]): StateResource[] {
  const known = new Set<string>();
  const parents = new Map<string, string | undefined>();
  return resources.map((resource) => {
    const { urn, parent, dependencies, propertyDependencies, deletedWith, replaceWith } = resource;
    const kept = { ...resource };
    if (dependencies !== undefined) kept.dependencies = dependencies.filter((one) => known.has(one));
    // As the engine writes it: a property that depends on nothing any more is not named.
    if (propertyDependencies !== undefined) kept.propertyDependencies = among(known, propertyDependencies);
    if (deletedWith !== undefined && !known.has(deletedWith)) delete kept.deletedWith;
    if (replaceWith !== undefined) kept.replaceWith = replaceWith.filter((one) => known.has(one));
    known.add(urn);
    // A parent that has gone leaves its children to its own parent.
    if (parent !== undefined && !known.has(parent)) {
      const grandparent = parents.get(parent);
      if (grandparent === undefined) delete kept.parent;
      else kept.parent = grandparent;
    }
    parents.set(urn, parent);
    return kept;
  });
}

function among(known: ReadonlySet<string>, of: Record<string, string[] | null>): Record<string, string[]> {
  const kept = Object.entries(of).map(([key, urns]) => [key, (urns ?? []).filter((urn) => known.has(urn))] as const);
  return Object.fromEntries(kept.filter(([, urns]) => urns.length > 0));
}
