package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// manifest is what we read of a package.json.
type manifest struct {
	Name            string
	Version         string
	Dependencies    map[string]string
	DevDependencies map[string]string
	// Marks a package that belongs to a provider plugin.
	Pulumi struct {
		Resource bool
		Name     string
		Version  string
		Server   string
	}
}

// GetRequiredPackages lists the provider plugins that belong to the installed packages: each such package says so in its
// manifest.
func (h *host) GetRequiredPackages(
	_ context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, one := range installedPackages(folderOf(request.GetInfo())) {
		if !one.Pulumi.Resource {
			continue
		}
		response.Packages = append(response.Packages, &pulumirpc.PackageDependency{
			Kind:    "resource",
			Name:    firstOf(one.Pulumi.Name, strings.TrimPrefix(one.Name, "@pulumi/")),
			Version: firstOf(one.Pulumi.Version, one.Version),
			Server:  one.Pulumi.Server,
		})
	}
	return response, nil
}

// GetProgramDependencies is what `pulumi about` lists: the packages the program names, or all that are installed.
func (h *host) GetProgramDependencies(
	_ context.Context, request *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	folder := folderOf(request.GetInfo())
	program, _ := readManifest(folder)
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, one := range installedPackages(folder) {
		_, isNamed := program.Dependencies[one.Name]
		_, isNamedForDevelopment := program.DevDependencies[one.Name]
		if isNamed || isNamedForDevelopment || request.GetTransitiveDependencies() {
			dependency := &pulumirpc.DependencyInfo{Name: one.Name, Version: one.Version}
			response.Dependencies = append(response.Dependencies, dependency)
		}
	}
	return response, nil
}

// folderOf is the program's folder; "." is where the engine runs.
func folderOf(info *pulumirpc.ProgramInfo) string {
	folder, err := filepath.Abs(firstOf(info.GetProgramDirectory(), info.GetRootDirectory()))
	if err != nil {
		return "."
	}
	return folder
}

// installedPackages reads the manifests of everything in the nearest `node_modules` at or above a folder.
func installedPackages(folder string) []manifest {
	modules := nearestNodeModules(folder)
	if modules == "" {
		return nil
	}
	var packages []manifest
	for _, name := range packageNames(modules) {
		if one, ok := readManifest(filepath.Join(modules, name)); ok {
			packages = append(packages, one)
		}
	}
	return packages
}

// packageNames lists the packages in a `node_modules`, `@scope/name` or `name`.
func packageNames(modules string) []string {
	var names []string
	for _, name := range entriesOf(modules) {
		if !strings.HasPrefix(name, "@") {
			names = append(names, name)
			continue
		}
		for _, part := range entriesOf(filepath.Join(modules, name)) {
			names = append(names, filepath.Join(name, part))
		}
	}
	return names
}

// entriesOf lists a folder, without npm's own files, whose names begin with a dot.
func entriesOf(folder string) []string {
	entries, _ := os.ReadDir(folder)
	var names []string
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, entry.Name())
		}
	}
	return names
}

// readManifest reads the manifest of the package in a folder, where there is a readable one. A field that is not what it
// should be counts as not given: npm is content with such packages.
func readManifest(folder string) (read manifest, ok bool) {
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return read, false
	}
	var odd *json.UnmarshalTypeError
	err = json.Unmarshal(text, &read)
	return read, err == nil || errors.As(err, &odd)
}
