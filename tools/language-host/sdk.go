package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// findSdkModule finds a module of the `@pulumi/pulumi` that belongs to a program: the one its own imports find. The error
// says what is missing and how to install it.
func findSdkModule(name, programFolder string) (string, error) {
	module := filepath.Join("node_modules", "@pulumi", "pulumi", "cmd", name, "index.js")
	for folder := range upwards(programFolder) {
		if path, err := filepath.EvalSymlinks(filepath.Join(folder, module)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("@pulumi/pulumi/cmd/%s was not found from %s: the program's dependencies are not installed. "+
		"Run `npm install` in the folder of its package.json.", name, programFolder)
}

// nearestNodeModules is the first `node_modules` at or above a folder, "" where there is none.
func nearestNodeModules(folder string) string {
	for folder := range upwards(folder) {
		candidate := filepath.Join(folder, "node_modules")
		if info, err := os.Stat(candidate); err == nil && info.IsDir() {
			return candidate
		}
	}
	return ""
}

// upwards gives a folder and then each one above it, as Node's search for a package does.
func upwards(folder string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for yield(folder) {
			parent := filepath.Dir(folder)
			if parent == folder {
				return
			}
			folder = parent
		}
	}
}
